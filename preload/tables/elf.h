/* elf.h -- Looks up exported functions of loaded modules without the loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_ELF_H
#define TABLES_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "tables/modules.h"

struct elf_function {
    uintptr_t start, end; /* addresses in the process */
};

/* Finds a defined function in the module's .dynsym by its GNU hash table. False when the module
 * does not export it or has no such table. The module must be loaded. */
bool elf_find(const struct module *module, const char *name, struct elf_function *function);

/* The same by the dynamic section, as a link_map has it. */
bool elf_find_dynamic(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                      struct elf_function *function);

#endif
