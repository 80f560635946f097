/* demangle.c -- C++ and Rust names as people write them, by GNU libiberty.
 *
 * Without parameters: they make C++ names several lines long, and file:line tells overloads apart.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/demangle.h"

#include <libiberty/demangle.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_LIMIT 4096 /* a name made to exhaust the demangler is left as it is */

const char *demangle_name(const char *name, struct pool *pool)
{
    size_t length = strcspn(name, "@"); /* symbol versions: malloc@@GLIBC_2.2.5 */
    char *plain = pool_text_n(pool, name, length);
    if (length > LENGTH_LIMIT || (plain[0] != '_' && plain[0] != '?'))
        return plain;
    char *words = cplus_demangle(plain, DMGL_ANSI | DMGL_AUTO);
    if (!words)
        return plain;
    const char *copy = pool_text(pool, words);
    free(words);
    return copy;
}
