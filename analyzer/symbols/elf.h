/* elf.h -- One ELF file, opened only if it is the one that was recorded, and its symbol table.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_ELF_H
#define ANALYZER_SYMBOLS_ELF_H

#include "base/memory.h"

#include <elfutils/libdwfl.h>
#include <stdint.h>

struct elf;

/* NULL when PATH cannot be read or is not the file that was mapped then: its build id must be
 * BUILD_ID; without one (NULL), the file must not be younger than TIME_NS. */
struct elf *elf_open(const char *path, const char *build_id, int64_t time_ns);
void elf_close(struct elf *elf);

/* The module, reported at bias 0, so that addresses are those of the file. Borrowed. */
Dwfl_Module *elf_module(struct elf *elf);

/* The function that covers ADDRESS by .symtab or .dynsym, demangled, in POOL; NULL when none. */
const char *elf_function(struct elf *elf, uint64_t address, struct pool *pool);

#endif
