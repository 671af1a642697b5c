#include <yaml.h>
const char *reverb(void) { return yaml_get_version_string(); }
