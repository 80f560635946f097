/* real.c -- Finds the functions behind our hooks.
 *
 * The table of the real functions begins with stand-ins, one for each line of hooks.def: a hook may
 * so be the first call of all, in the constructor of a library that is initialised before ours, and
 * no body has to care.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/real.h"

#include <link.h> /* _r_debug */
#include <stdatomic.h>

#include "hooks/late.h"
#include "tables/elf.h"

/* ---- stand-ins --------------------------------------------------------------------------- */

#define HOOK(result, name, parameters, arguments) static result early_##name parameters;
#include "hooks/hooks.def"

struct real real = {
#define HOOK(result, name, parameters, arguments) .name = early_##name,
#include "hooks/hooks.def"
};

/* Others may be looking up at the same time: they write the same. */
#define READ(name)         __atomic_load_n(&real.name, __ATOMIC_RELAXED)
#define WRITE(name, value) __atomic_store_n(&real.name, value, __ATOMIC_RELAXED)

#define HOOK(result, name, parameters, arguments)                                                  \
    static result early_##name parameters                                                          \
    {                                                                                              \
        real_first_use();                                                                          \
        return READ(name) == early_##name ? (result)0 : READ(name) arguments;                      \
    }
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    static result early_##name parameters                                                          \
    {                                                                                              \
        real_first_use();                                                                          \
        uintptr_t found = READ(name) == early_##name ? late_find(#name) : 0;                       \
        if (found)                                                                                 \
            WRITE(name, (result(*) parameters)found);                                              \
        return READ(name) == early_##name ? fallback : READ(name) arguments;                       \
    }
#include "hooks/hooks.def"

/* ---- looking up -------------------------------------------------------------------------- */

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden"))); /* of libheapdiff.so */

/* What dlsym(RTLD_NEXT) would find. dlsym itself allocates when it finds nothing, and the first
 * malloc of a program that brings its own allocator may be on its way through that allocator's
 * initialisation: it would wait for itself. No lock either; the list of modules cannot change yet.
 */
bool real_find_next(const char *name, struct elf_function *function)
{
    const struct link_map *map = _r_debug.r_map;
    while (map && map->l_ld != _DYNAMIC)
        map = map->l_next;
    for (map = map ? map->l_next : NULL; map; map = map->l_next)
        if (elf_find_dynamic(map->l_ld, map->l_addr, name, function))
            return true;
    return false;
}

void real_first_use(void)
{
    static atomic_bool done;
    if (atomic_load_explicit(&done, memory_order_acquire))
        return;
    struct elf_function found;
#define HOOK(result, name, parameters, arguments)                                                  \
    if (real_find_next(#name, &found))                                                             \
        WRITE(name, (result(*) parameters)found.start);
#include "hooks/hooks.def"
    atomic_store_explicit(&done, true, memory_order_release);
}

void real_check_unloaded(void)
{
#define HOOK(result, name, parameters, arguments)
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    if (READ(name) != early_##name && !late_is_here((uintptr_t)READ(name)))                        \
        WRITE(name, early_##name);
#include "hooks/hooks.def"
}
