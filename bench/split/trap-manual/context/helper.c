/* Shows its own manual, its notes, and the declarations that it writes code from. */
#include <stdio.h>
#define PREFIX "/usr/local"
static const char *parts[] = {"share/man/man1/%s.1", "share/doc/%s/README.md", "include/%s/shapes.h"};
int main(void)
{
    for (int at = 0; at < 3; at++) {
        char line[80], path[120], pattern[120];
        snprintf(pattern, sizeof pattern, "%s/%s", PREFIX, parts[at]);
        snprintf(path, sizeof path, pattern, "helper");
        FILE *file = fopen(path, "r");
        if (!file || !fgets(line, sizeof line, file))
            return perror(path), 1;
        fputs(line, stdout);
    }
    return 0;
}
