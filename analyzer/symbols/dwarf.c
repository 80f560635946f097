/* dwarf.c -- Functions, inlined functions and lines at an address, by elfutils' libdw.
 *
 * The scopes around an address are, innermost first: blocks, inlined functions, the function. The
 * line table knows where the innermost function is; where each other one is stands in the call
 * attributes of the function that was inlined into it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/dwarf.h"

#include "symbols/demangle.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

struct place {
    const char *file;
    int line, column;
};

/* Compilers may leave .debug_aranges out; then the unit is found by asking all of them. */
static Dwarf_Die *find_unit(Dwfl_Module *module, uint64_t address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);
    if (unit)
        return unit;
    while ((unit = dwfl_module_nextcu(module, unit, bias)) != NULL) {
        if (dwarf_haspc(unit, address - *bias) > 0)
            return unit;
    }
    return NULL;
}

/* The nesting of the code itself: an inlined function's scopes lead to where it was inlined, not to
 * where it was written. Returns the number of scopes; free *SCOPES. */
static int find_scopes(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **scopes)
{
    Dwarf_Die *nearest = NULL;
    *scopes = NULL;
    if (dwarf_getscopes(unit, address, &nearest) <= 0)
        return 0;
    int count = dwarf_getscopes_die(&nearest[0], scopes);
    free(nearest);
    return count;
}

static const char *function_name(Dwarf_Die *die, struct pool *pool)
{
    static const unsigned names[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Dwarf_Attribute attribute;
        const char *name = dwarf_formstring(dwarf_attr_integrate(die, names[i], &attribute));
        if (name)
            return demangle_name(name, pool);
    }
    return NULL;
}

static int number_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    if (dwarf_formudata(dwarf_attr(die, name, &attribute), &value) != 0 || value > INT32_MAX)
        return 0;
    return (int)value;
}

/* Where an inlined function was called. */
static struct place call_place(Dwarf_Die *die)
{
    struct place place = {.line = number_of(die, DW_AT_call_line),
                          .column = number_of(die, DW_AT_call_column)};
    Dwarf_Die unit;
    Dwarf_Files *files;
    size_t count;
    int index = number_of(die, DW_AT_call_file);
    if (dwarf_diecu(die, &unit, NULL, NULL) && dwarf_getsrcfiles(&unit, &files, &count) == 0 &&
        (size_t)index < count)
        place.file = dwarf_filesrc(files, (size_t)index, NULL, NULL);
    return place;
}

static struct place line_place(Dwfl_Module *module, uint64_t address)
{
    struct place place = {0};
    Dwfl_Line *line = dwfl_module_getsrc(module, address);
    if (line)
        place.file = dwfl_lineinfo(line, NULL, &place.line, &place.column, NULL, NULL);
    return place;
}

static struct symbol make_symbol(Dwarf_Die *die, const struct place *place, struct pool *pool)
{
    return (struct symbol){.function = function_name(die, pool),
                           .file = place->file ? pool_text(pool, place->file) : NULL,
                           .line = place->line,
                           .column = place->column};
}

struct symbol_list dwarf_find(Dwfl_Module *module, uint64_t address, struct pool *pool)
{
    Dwarf_Addr bias;
    Dwarf_Die *unit = find_unit(module, address, &bias), *scopes = NULL;
    int scope_count = unit ? find_scopes(unit, address - bias, &scopes) : 0;
    struct symbol *symbols = pool_zeroed(pool, (size_t)(scope_count + 1) * sizeof *symbols);
    struct place place = line_place(module, address);
    size_t count = 0;
    for (int i = 0; i < scope_count; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
            continue;
        symbols[count++] = make_symbol(&scopes[i], &place, pool);
        if (tag == DW_TAG_subprogram)
            break;
        place = call_place(&scopes[i]);
    }
    free(scopes);
    /* A unit without functions (assembler) has lines; the name is the symbol table's to give. */
    return (struct symbol_list){.items = symbols, .count = count};
}
