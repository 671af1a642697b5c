#include "map.h"

#include <stdio.h>

int main(int count, char **words) {
    char map[128] = "", region[128] = "";
    FILE *file = count > 1 ? fopen(words[1], "r") : NULL;
    unsigned long checksum;
    if (!file || fscanf(file, "map %127s region %127s", map, region) != 2) {
        fprintf(stderr, "plotter: no configuration\n");
        return 2;
    }
    printf("%s: %ld places", region, map_count(map, region, &checksum));
    printf(" (%08lx)\n", checksum);
    return 0;
}
