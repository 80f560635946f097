/* real.c -- Finds the functions behind our hooks, and serves calls that come before they are found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/real.h"

#include <dlfcn.h>
#include <link.h> /* _r_debug */
#include <stdatomic.h>

#include "record/filter.h"
#include "tables/elf.h"

struct real real;

_Alignas(64) char real_bootstrap[REAL_BOOTSTRAP_SIZE];
static atomic_size_t bootstrap_used;

void *real_bootstrap_alloc(size_t size, size_t alignment)
{
    if (alignment < 16)
        alignment = 16;
    if (size > REAL_BOOTSTRAP_SIZE || alignment > REAL_BOOTSTRAP_SIZE)
        return NULL;
    size_t need = (size + 15) & ~(size_t)15;
    size_t from = atomic_fetch_add(&bootstrap_used, need + alignment);
    if (from + need + alignment > REAL_BOOTSTRAP_SIZE)
        return NULL;
    void *block =
        (void *)(((uintptr_t)real_bootstrap + from + alignment - 1) & ~(uintptr_t)(alignment - 1));
    filter_count(block, 1); /* its free must not reach the real one, ever */
    return block;
}

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden"))); /* of libheapdiff.so */

/* What dlsym(RTLD_NEXT) would find. dlsym itself allocates when it finds nothing, and the first
 * malloc of a program that brings its own allocator may be on its way through that allocator's
 * initialisation: it would wait for itself. No lock either; the list of modules cannot change yet.
 */
static void *next(const char *name)
{
    const struct link_map *map = _r_debug.r_map;
    struct elf_function function;
    while (map && map->l_ld != _DYNAMIC)
        map = map->l_next;
    for (map = map ? map->l_next : NULL; map; map = map->l_next)
        if (elf_find_dynamic(map->l_ld, map->l_addr, name, &function))
            return (void *)function.start;
    return NULL;
}

static void resolve(void)
{
#define HOOK(result, name, parameters, arguments) real.name = next(#name);
#include "hooks/hooks.def"
#undef HOOK
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
