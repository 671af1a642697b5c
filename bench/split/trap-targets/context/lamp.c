#include <stdio.h>
int main(void)
{
#ifdef TEST
    return 0;
#else
    int c;
    FILE *manual = fopen("/usr/local/share/lamp/manual.txt", "r");
    while (manual && (c = getc(manual)) != EOF)
        putchar(c);
    return !manual;
#endif
}
