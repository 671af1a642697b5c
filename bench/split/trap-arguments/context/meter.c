#include <stdio.h>
#include <stdlib.h>
int main(void) { return printf("%s %s %s\n", VERSION, getenv("METER_VERSION"), getenv("METER_HOME")) < 0; }
