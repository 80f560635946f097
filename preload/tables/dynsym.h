/* dynsym.h -- Looks up exported functions of loaded modules without the loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_DYNSYM_H
#define TABLES_DYNSYM_H

#include <stdbool.h>
#include <stdint.h>

#include "tables/modules.h"

struct dynsym_function {
    uintptr_t start, end; /* addresses in the process */
    bool versioned;       /* code that was linked with it asks for a version */
    uint16_t *version;    /* its word in the module's table of versions; NULL: there is none */
};

/* The data that a look-up needs of a module that stays loaded. */
struct dynsym_tables {
    uintptr_t bias, symbols, names, versions; /* versions: 0 where there are none */
    uintptr_t bloom, buckets, chains;
    uint32_t bucket_count, first_symbol, bloom_count, bloom_shift;
};

struct dynsym_name {
    const char *text;
    uint32_t hash;
};
struct dynsym_name dynsym_name(const char *text);

/* For many names in many modules: the work that belongs to one of them is done once. */
bool dynsym_open(struct dynsym_tables *tables, const ElfW(Dyn) *dynamic, uintptr_t bias);
bool dynsym_look_up(const struct dynsym_tables *tables, const struct dynsym_name *name,
                    struct dynsym_function *function);

/* Finds a defined function in the module's .dynsym by its GNU hash table. False when the module
 * does not export it or has no such table. The module must be loaded. */
bool dynsym_find(const struct module *module, const char *name, struct dynsym_function *function);

/* The same by the dynamic section, as a link_map has it. */
bool dynsym_find_dynamic(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                         struct dynsym_function *function);

/* The same, also for symbols that are exported for old programs only or under a version of ours. */
bool dynsym_find_hidden(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                        struct dynsym_function *function);

/* As dynsym_find_dynamic for a module that may be unloaded at this moment: reads it through the
 * kernel. */
bool dynsym_probe_dynamic(uintptr_t dynamic, uintptr_t bias, const char *name,
                          struct dynsym_function *function);

#endif
