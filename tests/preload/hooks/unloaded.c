/* unloaded.c -- A program of C that loads a libstdc++, unloads it and loads another one: the second
 * one's operator new is called then, and nothing of the first.
 *
 * unloaded FIRST SECOND: libraries that stand in for libstdc++ (unloaded_stdcxx.c), for the true
 * one stays for ever.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/mman.h>

/* Nothing else comes to lie where the library was. */
static void *occupy(void *address)
{
    return mmap(address, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        void *library = dlopen(arguments[i], RTLD_NOW | RTLD_LOCAL);
        void (*use)(void) = library ? (void (*)(void))dlsym(library, "use") : NULL;
        Dl_info info;
        if (!use || !dladdr((void *)use, &info))
            return 1;
        use();
        use();
        dlclose(library);
        puts(occupy(info.dli_fbase) == info.dli_fbase ? "unloaded" : "still there");
    }
    return 0;
}
