/* symtab.h -- Functions by a module's symbol tables, sorted once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_SYMTAB_H
#define ANALYZER_SYMBOLS_SYMTAB_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stdint.h>

struct symtab;
struct symtab *symtab_new(Dwfl_Module *module);
void symtab_free(struct symtab *table);

/* The mangled name of the symbol that ADDRESS belongs to; NULL when there is none. Borrowed from
 * the module. */
const char *symtab_find(const struct symtab *table, uint64_t address);

/* The size of the function that begins exactly at ADDRESS; 0: none does, or its size is unknown. */
uint64_t symtab_size_of_function(const struct symtab *table, uint64_t address);

#endif
