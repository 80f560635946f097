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

#endif
