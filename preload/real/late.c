/* late.c -- Finds a C++ operator in a libstdc++ that was loaded while the program was running.
 *
 * A C program loads its first C++ plug-in, and the plug-in's new is our hook, which must call
 * libstdc++'s. dlsym would find that, but waits while another thread is in dlopen, whose
 * constructor may wait for this thread. So we read the loader's list while it may change: every
 * word through the kernel, which refuses where memory is gone. A result is believed when the
 * loader's lock-free index (_dl_find_object) has this module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "real/late.h"

#include <dlfcn.h> /* _dl_find_object */
#include <link.h>
#include <stdatomic.h>
#include <string.h>

#include "base/probe.h"
#include "base/sandbox.h"
#include "tables/dynsym.h"

#define MOST_MODULES  65536 /* the list may be a ring at the moment when it is read */
#define MOST_FAILURES 64    /* after so many failures give up: new must not be slow */

/* Copies the last part of a path. It is read in pieces, because memory may end behind it. */
static bool copy_name(char *name, size_t size, uintptr_t path)
{
    enum { PIECE = 64 };
    size_t used = 0;
    for (;;) {
        size_t piece = PIECE - path % PIECE;
        if (used + piece >= size) { /* the name is behind the folders */
            memmove(name, name + used / 2, used - used / 2);
            used -= used / 2;
        }
        if (!probe_copy(name + used, path, piece))
            return false;
        if (memchr(name + used, 0, piece))
            return true;
        used += piece;
        path += piece;
    }
}

static bool is_of_cxx(uintptr_t path)
{
    char name[512];
    if (!path || !copy_name(name, sizeof name, path))
        return false;
    const char *slash = strrchr(name, '/'), *file = slash ? slash + 1 : name;
    return strstr(file, "stdc++") || strstr(file, "libc++");
}

bool late_is_here(uintptr_t address)
{
    struct dl_find_object found;
    return _dl_find_object((void *)address, &found) == 0;
}

static bool is_loaded(uintptr_t map, const struct link_map *copy)
{
    struct dl_find_object found;
    return _dl_find_object(copy->l_ld, &found) == 0 && (uintptr_t)found.dlfo_link_map == map;
}

uintptr_t late_find(const char *name)
{
    static atomic_uint failures;
    struct link_map copy;
    struct dynsym_function function;
    if (sandbox_is_closed() || atomic_load(&failures) >= MOST_FAILURES)
        return 0;
    uintptr_t map = (uintptr_t)__atomic_load_n(&_r_debug.r_map, __ATOMIC_RELAXED);
    for (unsigned i = 0; map && i < MOST_MODULES; i++, map = (uintptr_t)copy.l_next) {
        if (!probe_copy(&copy, map, sizeof copy))
            break;
        if (is_of_cxx((uintptr_t)copy.l_name) && is_loaded(map, &copy) &&
            dynsym_probe_dynamic((uintptr_t)copy.l_ld, copy.l_addr, name, &function))
            return function.start;
    }
    atomic_fetch_add(&failures, 1);
    return 0;
}
