/* Reads its database, which is made when the image is built; volumes start as a copy of it. */
#include <gdbm.h>
#include <stdio.h>
#include <string.h>
int main(int count, char **words)
{
    datum key = {"kind", 4}, value = {"first", 6};
    if (count == 3) {
        GDBM_FILE file = gdbm_open(words[2], 0, GDBM_NEWDB, 0644, NULL);
        return gdbm_store(file, key, value, GDBM_INSERT) | gdbm_close(file);
    }
    GDBM_FILE file = gdbm_open("/var/lib/seed/data.db", 0, GDBM_WRITER, 0644, NULL);
    if (!file)
        return puts(gdbm_strerror(gdbm_errno)), 1;
    puts(gdbm_fetch(file, key).dptr);
    FILE *blob = fopen("/var/lib/seed/blobs/1", "w");
    puts(blob ? "written" : "not written");
    return gdbm_close(file);
}
