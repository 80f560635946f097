/* compile_units.h -- Compilation units and their functions by address, indexed as they are needed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_COMPILE_UNITS_H
#define ANALYZER_SYMBOLS_COMPILE_UNITS_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/* A unit of the program's own file and, when its functions are described in a .dwo file, the unit
 * there. */
struct unit {
    Dwarf_Die line_die; /* whose line table and ranges count */
    Dwarf_Die code_die; /* whose children are the functions */
    bool lacks_code;    /* it names a .dwo file that is not there */
};

struct compile_units;
/* DWARF is borrowed for the life of the index. */
struct compile_units *compile_units_new(Dwarf *dwarf);
void compile_units_free(struct compile_units *units);

/* The unit that ADDRESS, in DWARF's own terms, belongs to; NULL when there is none. */
const struct unit *compile_units_find(struct compile_units *units, uint64_t address);

/* The function of UNIT around ADDRESS that no other contains, but none that was inlined. False when
 * there is none. */
bool compile_units_function(const struct unit *unit, uint64_t address, Dwarf_Die *function);

/* The classes and namespaces that FUNCTION, which UNIT has or inlines, is declared in: the
 * innermost first, MOST of them at the most. Returns how many. */
size_t compile_units_scopes(struct compile_units *units, const struct unit *unit,
                            Dwarf_Die *function, Dwarf_Die *scopes, size_t most);

#endif
