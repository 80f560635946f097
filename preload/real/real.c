/* real.c -- Finds the functions behind our hooks.
 *
 * The table of the real functions begins with stand-ins, one for each line of hooks.def. So any
 * hook may be the first call of all, in the constructor of a library that is initialised before
 * ours, without a check in its body.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "real/real.h"

#include <link.h> /* _r_debug */
#include <stdatomic.h>

#include "real/late.h"
#include "tables/dynsym.h"

/* ---- stand-ins --------------------------------------------------------------------------- */

#define HOOK(result, name, parameters, arguments) static result early_##name parameters;
#include "real/hooks.def"

struct real real = {
#define HOOK(result, name, parameters, arguments) .name = early_##name,
#include "real/hooks.def"
};

struct dynsym_function real_found[REAL_COUNT];

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
#include "real/hooks.def"

/* ---- looking up -------------------------------------------------------------------------- */

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden"))); /* of libheapdiff.so */

/* The modules that dlsym(RTLD_NEXT) would search. dlsym itself allocates when it finds nothing, and
 * the first malloc of a program that brings its own allocator may be inside that allocator's
 * initialisation: it would wait for itself. No lock either; the list of modules cannot change yet.
 */
static const struct link_map *first_behind_us(void)
{
    const struct link_map *map = _r_debug.r_map;
    while (map && map->l_ld != _DYNAMIC)
        map = map->l_next;
    return map ? map->l_next : NULL;
}

/* Finds the functions still missing that this module has. */
static void look_up(const struct dynsym_tables *tables, const struct dynsym_name *names)
{
    struct dynsym_function found;
#define HOOK(result, name, parameters, arguments)                                                  \
    if (READ(name) == early_##name && dynsym_look_up(tables, &names[REAL_##name], &found)) {       \
        real_found[REAL_##name] = found;                                                           \
        WRITE(name, (result(*) parameters)found.start);                                            \
    }
#include "real/hooks.def"
}

void real_first_use(void)
{
    static atomic_bool done;
    struct dynsym_tables tables;
    if (atomic_load_explicit(&done, memory_order_acquire))
        return;
    const struct dynsym_name names[REAL_COUNT] = {
#define HOOK(result, name, parameters, arguments) dynsym_name(#name),
#include "real/hooks.def"
    };
    for (const struct link_map *map = first_behind_us(); map; map = map->l_next)
        if (dynsym_open(&tables, map->l_ld, map->l_addr))
            look_up(&tables, names);
    atomic_store_explicit(&done, true, memory_order_release);
}

void real_check_unloaded(void)
{
#define HOOK(result, name, parameters, arguments)
#define HOOK_CXX(version, fallback, result, name, parameters, arguments)                           \
    if (READ(name) != early_##name && !late_is_here((uintptr_t)READ(name)))                        \
        WRITE(name, early_##name);
#include "real/hooks.def"
}
