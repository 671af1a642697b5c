#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    char line[99];
    FILE *file = fopen("/tmp/server.conf", "r");
    if (!file)
        return 1;
    while (fgets(line, sizeof line, file))
        fputs(line, stdout);
    fflush(stdout);
    return system("ps -o comm= -p 1 >/dev/null && echo watched");
}
