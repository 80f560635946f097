/* builtins.h -- Names that only a runtime can give, for code inside of its own library.
 *
 * V8's builtins are functions of libnode.so. Where that file has been stripped (Debian's has), the
 * map still names them, in its first lines, and so does the log of announced code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JIT_BUILTINS_H
#define JIT_BUILTINS_H

#include <stddef.h>
#include <stdint.h>

#include "jit/perfmap.h"

struct builtins {
    struct builtin *list; /* sorted when finished; private jemalloc */
    size_t count, room;
    size_t lines; /* of the map, and pieces of the log, that were looked at */
    char *names;
};

/* Begins as {0}. Takes the entry if it lies in a module that is loaded now. */
void builtins_take(struct builtins *builtins, const struct perfmap_entry *entry);

/* The same with a name that lasts, NULL: none. */
void builtins_take_named(struct builtins *builtins, uintptr_t start, uintptr_t end,
                         const char *name);

/* Reads the names from the open map, -1: there is none. To be called once, after the last entry. */
void builtins_finish(struct builtins *builtins, int map);

/* The name of the code at the address, NULL when the map has none. Lives as long as BUILTINS. */
const char *builtins_find(const struct builtins *builtins, uintptr_t address);

void builtins_done(struct builtins *builtins);

#endif
