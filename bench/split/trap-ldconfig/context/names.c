const char *names(void) { return "Ulm"; }
