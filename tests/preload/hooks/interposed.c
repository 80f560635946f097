/* interposed.c -- A program that refers to every hooked name and looks it up: whose body would be
 * called?
 *
 * Prints the names that are not the shim's; nothing when all is well. It is linked with libstdc++,
 * and once more with jemalloc before that: there are then two ways to refer to an operator new.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Weak: the process may lack them. */
#define HOOK(result, name, parameters, arguments)                                                  \
    extern const char refer_##name[] __asm__(#name) __attribute__((weak));
#include "real/hooks.def"

enum kind { ALWAYS, EXTRA, CXX };

#define ROW(kind, name) {#name, kind, refer_##name},

/* Constant data with addresses in it, which is read-only when the program runs. */
static const struct name {
    const char *name;
    enum kind kind;
    const char *reference;
} names[] = {
#define HOOK(result, name, parameters, arguments)                        ROW(ALWAYS, name)
#define HOOK_EXTRA(version, result, name, parameters, arguments)         ROW(EXTRA, name)
#define HOOK_CXX(version, fallback, result, name, parameters, arguments) ROW(CXX, name)
#include "real/hooks.def"
};

static bool is_ours(const void *address)
{
    Dl_info info;
    return address && dladdr(address, &info) && strstr(info.dli_fname, "/libheapdiff.so");
}

/* A look-up by name alone finds libstdc++'s own operators, which end in malloc. */
static int check(const struct name *name)
{
    const void *found = dlsym(RTLD_DEFAULT, name->name);
    bool bound = is_ours(name->reference) || (name->kind == EXTRA && !name->reference);
    bool looked_up = is_ours(found) || (name->kind == EXTRA && !found) || name->kind == CXX;
    if (!bound)
        printf("a reference to %s is not interposed\n", name->name);
    if (!looked_up)
        printf("%s is not interposed\n", name->name);
    return !bound || !looked_up;
}

/* What was opened to write our addresses has been closed again. */
static int check_protection(void)
{
    unsigned long start, end;
    char line[512], protection[8];
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %7s", &start, &end, protection) == 3 &&
            (uintptr_t)names - start < end - start) {
            fclose(maps);
            if (strcmp(protection, "r--p") == 0)
                return 0;
            printf("constant data is %s\n", protection);
            return 1;
        }
    return 1;
}

int main(void)
{
    int faults = check_protection();
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        faults += check(&names[i]);
    return faults ? 1 : 0;
}
