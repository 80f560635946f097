/* dwarf.h -- Functions, inlined functions and lines at an address, by DWARF.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_DWARF_H
#define ANALYZER_SYMBOLS_DWARF_H

#include "base/memory.h"
#include "symbols/symbols.h"

#include <elfutils/libdwfl.h>

/* What DWARF knows about ADDRESS, in POOL; count 0 when the module has none for it. */
struct symbol_list dwarf_find(Dwfl_Module *module, uint64_t address, struct pool *pool);

#endif
