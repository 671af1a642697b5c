/* Loads the plugins that its configuration names, a file and a function on each line. */
#include <dlfcn.h>
#include <stdio.h>

int main(void)
{
    char file[200], function[100];
    FILE *configuration = fopen("/etc/mixer/mixer.conf", "r");
    if (!configuration)
        return 1;
    while (fscanf(configuration, "%199s %99s", file, function) == 2) {
        void *plugin = dlopen(file, RTLD_NOW);
        const char *(*call)(void) = plugin ? (const char *(*)(void))dlsym(plugin, function) : NULL;
        printf("%s: %s\n", file, call ? call() : dlerror());
    }
    return 0;
}
