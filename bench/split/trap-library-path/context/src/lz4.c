#include <lz4.h>
int bound(void) { return LZ4_compressBound(1000); }
