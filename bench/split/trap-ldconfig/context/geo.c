int geo(void) { return 48; }
