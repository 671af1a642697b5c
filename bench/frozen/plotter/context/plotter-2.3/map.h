/* Counts the lines of a map in SHARE that name a region; -1 where it cannot be read. */
long map_count(const char *name, const char *region, unsigned long *checksum);
