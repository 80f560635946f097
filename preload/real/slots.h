/* slots.h -- Rewrites where loaded modules keep the addresses of functions that they import.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REAL_SLOTS_H
#define REAL_SLOTS_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every module that imports NAME and has the address FROM gets TO. */
struct slots_change {
    const char *name;
    uintptr_t from, to;
};

/* Makes the changes in one module, and returns how many words were written. A function with lazy
 * binding is bound to TO now. Read-only words are made writable for the moment. Takes no lock: no
 * module may be unloaded meanwhile. With FROM and TO exchanged it undoes the changes. */
size_t slots_patch(const struct link_map *module, const struct slots_change *changes,
                   unsigned count);

/* The same in all modules but libheapdiff.so itself. */
size_t slots_patch_all(const struct slots_change *changes, unsigned count);

/* Stores a word of two bytes into a module's read-only tables. False when that cannot be done. */
bool slots_store_short(uintptr_t address, uint16_t value);

#endif
