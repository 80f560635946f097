/* seen.c -- A program that asks which of the hooked functions its process has: by a weak reference,
 * and by name. It prints yes or no for each, which is the same with and without the shim.
 *
 * Built as a program of C, as one of C++, and as a plug-in of both, which is loaded later.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdio.h>

#define HOOK(result, name, parameters, arguments)                                                  \
    extern const char refer_##name[] __asm__(#name) __attribute__((weak));
#include "real/hooks.def"

static const char *answer(const void *found)
{
    return found ? "yes" : "no";
}

static void ask(const char *name, const void *reference)
{
    printf("%s: reference %s, by name %s, next %s\n", name, answer(reference),
           answer(dlsym(RTLD_DEFAULT, name)), answer(dlsym(RTLD_NEXT, name)));
}

void seen(void);

void seen(void)
{
#define HOOK(result, name, parameters, arguments) ask(#name, refer_##name);
#include "real/hooks.def"
}

#ifndef SEEN_PLUGIN
int main(int count, char **arguments)
{
    void (*later)(void) = NULL;
    seen();
    void *plugin = count > 1 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (plugin)
        later = (void (*)(void))dlsym(plugin, "seen");
    if (later)
        later();
    puts(count > 1 && !later ? "no plug-in" : "all asked");
    return 0;
}
#endif
