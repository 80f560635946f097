/* elf.h -- One module: its file and debug file, and what they know about addresses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_ELF_H
#define ANALYZER_SYMBOLS_ELF_H

#include "base/memory.h"
#include "base/text.h"
#include "symbols/symbols.h"

struct elf;

/* Never NULL: a module whose file was not found has a state and no names. Texts of PLACE and
 * SOURCES are borrowed until elf_close. */
struct elf *elf_open(const struct symbol_place *place, const struct symbol_sources *sources);
void elf_close(struct elf *elf);

/* Texts live until elf_close. */
struct symbol_module elf_facts(const struct elf *elf);

/* Every path that was looked at for this module, whether or not there was a file, each with its
 * final zero. */
const struct text *elf_looked_at(const struct elf *elf);

/* What is active at ADDRESS, in POOL. *IS_PARTIAL: a .dwo file with more information is missing. */
struct symbol_list elf_find(struct elf *elf, uint64_t address, struct pool *pool, bool *is_partial);

#endif
