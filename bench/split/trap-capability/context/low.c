/* Which capabilities has this process? */
#include <stdio.h>
#include <string.h>
int main(void)
{
    char line[100];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "CapPrm", 6))
            fputs(line, stdout);
    return 0;
}
