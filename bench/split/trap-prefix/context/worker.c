#include <stdio.h>
int main(int count, char **words)
{
    for (int at = 1; at < count; at++) {
        int c;
        FILE *file = fopen(words[at], "r");
        if (!file)
            return perror(words[at]), 1;
        while ((c = getc(file)) != EOF)
            putchar(c);
    }
    return puts(fopen("/var/log/press/today", "a") ? "logged" : "not logged") < 0;
}
