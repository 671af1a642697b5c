#include "map.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

long map_count(const char *name, const char *region, unsigned long *checksum) {
    char path[512], line[256];
    long count = 0;
    snprintf(path, sizeof path, "%s/%s", SHARE, name);
    FILE *file = fopen(path, "r");
    if (!file) return -1;
    *checksum = crc32(0, Z_NULL, 0);
    while (fgets(line, sizeof line, file)) {
        *checksum = crc32(*checksum, (const unsigned char *)line, strlen(line));
        count += strstr(line, region) != NULL;
    }
    fclose(file);
    return count;
}
