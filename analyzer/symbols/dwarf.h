/* dwarf.h -- Functions, inlined functions and lines at an address, by DWARF.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_DWARF_H
#define ANALYZER_SYMBOLS_DWARF_H

#include "base/memory.h"
#include "symbols/compile_units.h"
#include "symbols/symbols.h"

/* What DWARF knows about ADDRESS, in its own terms. */
struct dwarf_answer {
    struct symbol_list list; /* texts in POOL; the last one's name may be NULL: assembler's code
                                has lines, and its names stand in the symbol table */
    bool lacks_file;         /* a .dwo file with more information is missing */
};
struct dwarf_answer dwarf_find(struct compile_units *units, uint64_t address, struct pool *pool);

#endif
