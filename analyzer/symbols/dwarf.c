/* dwarf.c -- Functions, inlined functions and lines at an address, by elfutils' libdw.
 *
 * Around an address lie, from the outside in: a function, and blocks and inlined functions within
 * it. The line table knows where in the innermost of them the address is; where each other one is
 * stands in the call attributes of the function that was inlined into it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/dwarf.h"

#include "symbols/demangle.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST     512 /* scopes in one another; compilers stop far below */
#define MOST_SCOPES 16  /* names of classes and namespaces in front of a function's */

struct place {
    const char *file;
    int line, column;
};

/* From the outside in. */
struct scopes {
    VEC(Dwarf_Die) dies;
};

static bool is_scope(int tag)
{
    return tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine ||
           tag == DW_TAG_try_block || tag == DW_TAG_catch_block || tag == DW_TAG_with_stmt;
}

/* The first child of PARENT that is a scope around ADDRESS. Goes forward only, whatever a damaged
 * file says about siblings. */
static bool find_child(Dwarf_Die *parent, uint64_t address, Dwarf_Die *child)
{
    Dwarf_Die next;
    if (dwarf_child(parent, child) != 0)
        return false;
    for (;;) {
        if (is_scope(dwarf_tag(child)) && dwarf_haspc(child, address) > 0)
            return true;
        if (dwarf_siblingof(child, &next) != 0 || dwarf_dieoffset(&next) <= dwarf_dieoffset(child))
            return false;
        *child = next;
    }
}

static void find_scopes(const struct unit *unit, uint64_t address, struct scopes *scopes)
{
    Dwarf_Die die, child;
    bool more = compile_units_function(unit, address, &die);
    while (more && scopes->dies.count < DEEPEST) {
        if (dwarf_tag(&die) != DW_TAG_lexical_block)
            VEC_ADD(&scopes->dies, die);
        more = find_child(&die, address, &child);
        die = child;
    }
}

static const char *text_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    const char *text = dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
    return text && *text ? text : NULL;
}

/* GCC gives functions that no other file can call no mangled name, and so no class and namespace.
 */
static const char *qualified_name(struct compile_units *units, const struct unit *unit,
                                  Dwarf_Die *die, const char *name, struct pool *pool)
{
    Dwarf_Die scopes[MOST_SCOPES];
    size_t count = compile_units_scopes(units, unit, die, scopes, MOST_SCOPES);
    const char *whole = demangle_name(name, pool);
    for (size_t i = 0; i < count; i++) {
        Dwarf_Attribute attribute;
        const char *outer = dwarf_formstring(dwarf_attr(&scopes[i], DW_AT_name, &attribute));
        if (!outer && dwarf_tag(&scopes[i]) == DW_TAG_namespace)
            outer = "(anonymous namespace)";
        if (outer && *outer)
            whole = pool_format(pool, "%s::%s", outer, whole);
    }
    return whole;
}

static const char *function_name(struct compile_units *units, const struct unit *unit,
                                 Dwarf_Die *die, struct pool *pool)
{
    const char *mangled = text_of(die, DW_AT_linkage_name);
    if (!mangled)
        mangled = text_of(die, DW_AT_MIPS_linkage_name);
    if (mangled)
        return demangle_name(mangled, pool);
    const char *name = text_of(die, DW_AT_name);
    return name ? qualified_name(units, unit, die, name, pool) : NULL;
}

static int number_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    if (dwarf_formudata(dwarf_attr(die, name, &attribute), &value) != 0 || value > INT32_MAX)
        return 0;
    return (int)value;
}

/* libdw's word for number 0, which before DWARF 5 is that of no file. */
static const char *known_file(const char *file)
{
    return file && strcmp(file, "???") != 0 ? file : NULL;
}

/* Where an inlined function was called. Strict DWARF 2 has no words for it. */
static struct place call_place(const struct unit *unit, Dwarf_Die *die)
{
    struct place place = {.line = number_of(die, DW_AT_call_line),
                          .column = number_of(die, DW_AT_call_column)};
    Dwarf_Die unit_die = unit->code_die;
    Dwarf_Files *files;
    size_t count;
    int index = number_of(die, DW_AT_call_file);
    if (dwarf_hasattr(die, DW_AT_call_file) && dwarf_getsrcfiles(&unit_die, &files, &count) == 0 &&
        (size_t)index < count)
        place.file = known_file(dwarf_filesrc(files, (size_t)index, NULL, NULL));
    return place;
}

static struct place line_place(const struct unit *unit, uint64_t address)
{
    struct place place = {0};
    Dwarf_Die unit_die = unit->line_die;
    Dwarf_Line *line = dwarf_getsrc_die(&unit_die, address);
    if (!line)
        return place;
    place.file = known_file(dwarf_linesrc(line, NULL, NULL));
    if (dwarf_lineno(line, &place.line) != 0 || place.line < 0)
        place.line = 0;
    if (dwarf_linecol(line, &place.column) != 0 || place.column < 0)
        place.column = 0;
    return place;
}

/* A relative file is one in the folder where the compiler ran. */
static const char *file_name(const struct unit *unit, const char *file, struct pool *pool)
{
    Dwarf_Die unit_die = unit->line_die;
    Dwarf_Attribute attribute;
    const char *folder =
        file[0] == '/' ? NULL : dwarf_formstring(dwarf_attr(&unit_die, DW_AT_comp_dir, &attribute));
    return folder && *folder ? pool_format(pool, "%s/%s", folder, file) : pool_text(pool, file);
}

static struct symbol make_symbol(const struct unit *unit, const char *function,
                                 const struct place *place, struct pool *pool)
{
    return (struct symbol){.function = function,
                           .file = place->file ? file_name(unit, place->file, pool) : NULL,
                           .line = place->file ? place->line : 0,
                           .column = place->file ? place->column : 0};
}

struct dwarf_answer dwarf_find(struct compile_units *units, uint64_t address, struct pool *pool)
{
    struct dwarf_answer answer = {.lacks_file = false};
    const struct unit *unit = compile_units_find(units, address);
    if (!unit)
        return answer;
    struct scopes scopes = {0};
    struct place place = line_place(unit, address);
    find_scopes(unit, address, &scopes);
    struct symbol *symbols = pool_zeroed(pool, (scopes.dies.count + 1) * sizeof *symbols);
    for (size_t i = scopes.dies.count; i-- > 0;) {
        Dwarf_Die *die = &scopes.dies.items[i];
        int tag = dwarf_tag(die);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
            continue;
        symbols[answer.list.count++] =
            make_symbol(unit, function_name(units, unit, die, pool), &place, pool);
        if (tag == DW_TAG_inlined_subroutine)
            place = call_place(unit, die);
    }
    VEC_DONE(&scopes.dies);
    if (answer.list.count == 0 && place.file)
        symbols[answer.list.count++] = make_symbol(unit, NULL, &place, pool);
    answer.list.items = symbols;
    answer.lacks_file = unit->lacks_code;
    return answer;
}
