/* Prints when the train leaves, by the clock on the wall. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(void)
{
    time_t leaves = 1720000000;
    char text[64];
    strftime(text, sizeof text, "%H:%M %Z", localtime(&leaves));
    puts(text);
    unsetenv("TZ");
    tzset();
    strftime(text, sizeof text, "%H:%M %Z", localtime(&leaves));
    puts(text);
    return 0;
}
