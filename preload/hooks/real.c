/* real.c -- Finds the functions behind our hooks, and serves calls that come before they are found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/real.h"

#include <dlfcn.h>
#include <stdatomic.h>

struct real real;

_Alignas(64) char real_bootstrap[REAL_BOOTSTRAP_SIZE];
static atomic_size_t bootstrap_used;

void *real_bootstrap_alloc(size_t size, size_t alignment)
{
    if (alignment < 16)
        alignment = 16;
    size_t need = (size + 15) & ~(size_t)15;
    size_t from = atomic_fetch_add(&bootstrap_used, need + alignment);
    if (need > REAL_BOOTSTRAP_SIZE || from + need + alignment > REAL_BOOTSTRAP_SIZE)
        return NULL;
    return (void *)(((uintptr_t)real_bootstrap + from + alignment - 1) &
                    ~(uintptr_t)(alignment - 1));
}

static void resolve(void)
{
    /* malloc and free before all that may be absent, for a failed dlsym allocates its message;
     * the break before them, for an allocator of the program's own asks for it. */
    real.brk = dlsym(RTLD_NEXT, "brk");
    real.sbrk = dlsym(RTLD_NEXT, "sbrk");
    real.free = dlsym(RTLD_NEXT, "free");
    real.calloc = dlsym(RTLD_NEXT, "calloc");
    real.realloc = dlsym(RTLD_NEXT, "realloc");
    real.malloc = dlsym(RTLD_NEXT, "malloc");
#define HOOK(result, name, parameters, arguments) real.name = dlsym(RTLD_NEXT, #name);
#include "hooks/hooks.def"
#undef HOOK
    dlerror(); /* forget the message about functions that are not there */
}

void real_first_use(void)
{
    static atomic_flag begun = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&begun))
        resolve();
}

void *real_resolve_operator(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        void *library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
        if (library) {
            found = dlsym(library, name);
            dlclose(library);
        }
    }
    if (!found)
        dlerror();
    return found;
}
