#include <stdio.h>
int geo(void);
const char *names(void);
int main(void) { return printf("%s %d\n", names(), geo()) < 0; }
