#include <stdio.h>
#include <stdlib.h>
int main(int count, char **words)
{
    puts("n");
    for (int at = 0; at < atoi(words[count - 1]); at++)
        printf("%d\n", at);
    return 0;
}
