/* interposed.c -- A guest that looks up every hooked name: whose body would be called?
 *
 * Prints the names that are not the shim's; nothing when all is well.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static int check(const char *name)
{
    void *address = dlsym(RTLD_DEFAULT, name);
    Dl_info info;
    if (address && dladdr(address, &info) && strstr(info.dli_fname, "/libheapdiff.so"))
        return 0;
    printf("%s is not interposed\n", name);
    return 1;
}

int main(void)
{
    int faults = 0;
#define HOOK(result, name, parameters, arguments) faults += check(#name);
#include "hooks/hooks.def"
#undef HOOK
    return faults ? 1 : 0;
}
