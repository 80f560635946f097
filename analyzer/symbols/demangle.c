/* demangle.c -- C++ and Rust names as people write them, by GNU libiberty.
 *
 * Without parameters: they make C++ names several lines long, and file:line tells overloads apart.
 * Parts and copies that a compiler has made of a function have the function's name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/demangle.h"

#include <libiberty/demangle.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_LIMIT 4096 /* a name made to exhaust the demangler is left as it is */

/* GCC's and Clang's parts and copies of a function: name.part.0, name.constprop.0.isra.0. */
static size_t without_clones(const char *name, size_t length)
{
    static const char *const words[] = {"cold",     "part",       "isra", "constprop",
                                        "lto_priv", "localalias", "llvm"};
    for (;;) {
        size_t end = length, dot;
        while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9')
            end--;
        end = end > 0 && end < length && name[end - 1] == '.' ? end - 1 : length;
        for (dot = end; dot > 0 && name[dot - 1] != '.';)
            dot--;
        bool is_clone = false;
        for (size_t i = 0; i < sizeof words / sizeof *words && dot > 1; i++)
            is_clone |= strlen(words[i]) == end - dot && !memcmp(name + dot, words[i], end - dot);
        if (!is_clone)
            return length;
        length = dot - 1;
    }
}

/* A distance in the name of a thunk: hN_ or vN_N_, where n stands for minus. */
static const char *skip_distance(const char *at)
{
    int numbers = *at == 'h' ? 1 : *at == 'v' ? 2 : 0;
    if (numbers == 0)
        return NULL;
    for (at++; numbers > 0; numbers--, at++) {
        at += *at == 'n';
        at += strspn(at, "0123456789");
        if (*at != '_')
            return NULL;
    }
    return at;
}

/* Where the name of the function that a thunk leads to goes on after its "_Z"; NULL when NAME is
 * that of no thunk. The compiler puts the thunk's code before the function's, or both into one. */
static const char *behind_thunk(const char *name)
{
    if (strncmp(name, "_ZT", 3) != 0)
        return NULL;
    const char *at = name[3] == 'c' ? skip_distance(name + 4) : name + 3;
    return at ? skip_distance(at) : NULL;
}

const char *demangle_name(const char *name, struct pool *pool)
{
    size_t length = strcspn(name, "@"); /* symbol versions: malloc@@GLIBC_2.2.5 */
    if (length == 0)
        length = strlen(name); /* nothing but a version */
    char *plain = pool_text_n(pool, name, without_clones(name, length));
    if (length > LENGTH_LIMIT || (plain[0] != '_' && plain[0] != '?'))
        return plain;
    const char *target = behind_thunk(plain);
    if (target)
        plain = pool_format(pool, "_Z%s", target);
    char *words = cplus_demangle(plain, DMGL_ANSI | DMGL_AUTO);
    if (!words || !*words) {
        free(words);
        return plain;
    }
    const char *copy = pool_text(pool, words);
    free(words);
    return copy;
}
