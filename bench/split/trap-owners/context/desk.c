/* Reads what it may read, and tries to write what it may not. */
#include <stdio.h>
static void look(const char *path)
{
    char line[80];
    FILE *file = fopen(path, "r");
    if (file && fgets(line, sizeof line, file))
        fputs(line, stdout);
    else
        perror(path);
    printf("%s %s\n", path, fopen(path, "a") ? "is mine" : "is not mine");
}
int main(void)
{
    look("secret.conf");
    look("ledger.txt");
    look("journal.txt");
    return 0;
}
