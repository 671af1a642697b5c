#include <dlfcn.h>
#include <stdio.h>
int engine(const char *driver)
{
    char name[100];
    snprintf(name, sizeof name, "drv_%s.so", driver);
    void *found = dlopen(name, RTLD_NOW);
    if (!found)
        return printf("%s\n", dlerror()), 1;
    return printf("%s: %d\n", name, ((int (*)(void))dlsym(found, "bound"))()), 0;
}
