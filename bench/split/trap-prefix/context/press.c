/* Starts its worker for each page in the spool. */
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    execlp("press-worker", "press-worker", "/var/spool/press/1", "/var/cache/press/index", "/usr/share/press/style",
           "/etc/default/press", NULL);
    perror("press-worker");
    return 1;
}
