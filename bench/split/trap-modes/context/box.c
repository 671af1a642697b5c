/* Writes a file into each of the directories. */
#include <stdio.h>
static void try(const char *base, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s/file", base, name);
    FILE *file = fopen(path, "w");
    printf("%s: %s\n", name, file ? "written" : "not written");
}
int main(int count, char **words)
{
    try(words[count - 1], "shared");
    try(words[count - 1], "private");
    try(words[count - 1], "group");
    return 0;
}
