/* A bc that always knows its mathematics. */
#include <unistd.h>
int main(int count, char **words)
{
    return execl("/usr/bin/bc", "bc", "-l", words[1], NULL);
}
