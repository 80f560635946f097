/* compile_units.c -- Compilation units and their functions by address, indexed as they are needed.
 *
 * .debug_aranges leads from an address to its unit without reading the others; compilers may leave
 * it out, for some units or for all (clang does), so an address that it does not know is looked
 * for in the ranges of all other units, which are read once. The functions of a unit are listed
 * when one of them is asked for: definitions lie at its top, and in namespaces and classes.
 *
 * Nothing here trusts the order of entries: a walk only goes forward and only so deep, so no loop
 * in a damaged file can hold it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/compile_units.h"

#include "base/map.h"
#include "symbols/ranges.h"

#include <dwarf.h>
#include <stdlib.h>

#define DEEPEST 64 /* namespaces and classes in one another */
#define LINKS   4  /* from a copy of an inlined function to its declaration */

/* A namespace or class. */
struct scope {
    Dwarf_Die die;
    size_t outer; /* index + 1 of the one that it is in; 0: none */
};

struct entry {
    struct unit unit;
    bool is_listed;
    struct ranges functions; /* value: index in dies */
    VEC(Dwarf_Die) dies;
    VEC(struct scope) scopes;
    struct map scope_of; /* offset of a function or its declaration → index + 1 in scopes */
};

struct compile_units {
    Dwarf *dwarf;
    VEC(struct entry *) entries;
    struct map by_offset;  /* of the unit's entry in .debug_info → index in entries */
    struct ranges aranges; /* value: offset of the unit's entry */
    struct ranges others;  /* of units that .debug_aranges leaves out */
    struct map named;      /* offsets of those that it names */
    bool others_are_read;
};

static void read_aranges(struct compile_units *units)
{
    Dwarf_Aranges *aranges;
    size_t count;
    if (dwarf_getaranges(units->dwarf, &aranges, &count) != 0)
        return;
    for (size_t i = 0; i < count; i++) {
        Dwarf_Addr start;
        Dwarf_Word length;
        Dwarf_Off offset;
        bool is_new;
        if (dwarf_getarangeinfo(dwarf_onearange(aranges, i), &start, &length, &offset) != 0)
            continue;
        ranges_add(&units->aranges, start, start + length, offset);
        map_add(&units->named, &offset, sizeof offset, &is_new);
    }
}

struct compile_units *compile_units_new(Dwarf *dwarf)
{
    struct compile_units *units = memory_zeroed(1, sizeof *units);
    units->dwarf = dwarf;
    read_aranges(units);
    return units;
}

void compile_units_free(struct compile_units *units)
{
    if (!units)
        return;
    for (size_t i = 0; i < units->entries.count; i++) {
        ranges_done(&units->entries.items[i]->functions);
        VEC_DONE(&units->entries.items[i]->dies);
        VEC_DONE(&units->entries.items[i]->scopes);
        map_done(&units->entries.items[i]->scope_of);
        free(units->entries.items[i]);
    }
    VEC_DONE(&units->entries);
    map_done(&units->by_offset);
    map_done(&units->named);
    ranges_done(&units->aranges);
    ranges_done(&units->others);
    free(units);
}

static void add_ranges(Dwarf_Die *die, struct ranges *ranges, size_t value)
{
    Dwarf_Addr base, start, end;
    ptrdiff_t next = 0;
    while ((next = dwarf_ranges(die, next, &base, &start, &end)) > 0)
        ranges_add(ranges, start, end, value);
}

static void read_others(struct compile_units *units)
{
    Dwarf_CU *at = NULL;
    Dwarf_Half version;
    uint8_t type;
    Dwarf_Die die;
    units->others_are_read = true;
    while (dwarf_get_units(units->dwarf, at, &at, &version, &type, &die, NULL) == 0) {
        Dwarf_Off offset = dwarf_dieoffset(&die);
        bool is_code = type == DW_UT_compile || type == DW_UT_skeleton;
        if (is_code && !map_find(&units->named, &offset, sizeof offset))
            add_ranges(&die, &units->others, offset);
    }
}

static struct entry *open_unit(struct compile_units *units, Dwarf_Off offset)
{
    bool is_new;
    size_t *slot = map_add(&units->by_offset, &offset, sizeof offset, &is_new);
    if (!is_new)
        return units->entries.items[*slot];
    *slot = units->entries.count;
    struct entry *entry = memory_zeroed(1, sizeof *entry);
    Dwarf_Die die, split;
    uint8_t type;
    if (dwarf_offdie(units->dwarf, offset, &die) &&
        dwarf_cu_info(die.cu, NULL, &type, &entry->unit.line_die, &split, NULL, NULL, NULL) == 0) {
        bool has_split = type == DW_UT_skeleton && dwarf_tag(&split) == DW_TAG_compile_unit;
        entry->unit.code_die = has_split ? split : entry->unit.line_die;
        entry->unit.lacks_code = type == DW_UT_skeleton && !has_split;
    }
    VEC_ADD(&units->entries, entry);
    return entry;
}

const struct unit *compile_units_find(struct compile_units *units, uint64_t address)
{
    size_t offset;
    bool is_found = ranges_find(&units->aranges, address, &offset);
    if (!is_found && !units->others_are_read)
        read_others(units);
    if (!is_found && !ranges_find(&units->others, address, &offset))
        return NULL;
    const struct unit *unit = &open_unit(units, offset)->unit;
    return unit->line_die.cu ? unit : NULL;
}

static bool may_hold_functions(int tag)
{
    return tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_class_type ||
           tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
           tag == DW_TAG_enumeration_type;
}

static void add_function(struct entry *entry, Dwarf_Die *die, size_t scope)
{
    add_ranges(die, &entry->functions, entry->dies.count);
    VEC_ADD(&entry->dies, *die);
    if (scope > 0) {
        Dwarf_Off offset = dwarf_dieoffset(die);
        bool is_new;
        *map_add(&entry->scope_of, &offset, sizeof offset, &is_new) = scope;
    }
}

/* What lies in PARENT, which is scope number SCOPE; 0: the unit. */
static void list_functions(struct entry *entry, Dwarf_Die *parent, size_t scope, int depth)
{
    Dwarf_Die die, next;
    int left = dwarf_child(parent, &die) == 0 ? 0 : 1;
    for (; left == 0; die = next) {
        int tag = dwarf_tag(&die);
        if (tag == DW_TAG_subprogram) {
            add_function(entry, &die, scope);
        } else if (may_hold_functions(tag) && depth < DEEPEST) {
            struct scope inner = {die, scope};
            VEC_ADD(&entry->scopes, inner);
            list_functions(entry, &die, entry->scopes.count, depth + 1);
        }
        left = dwarf_siblingof(&die, &next);
        if (left == 0 && dwarf_dieoffset(&next) <= dwarf_dieoffset(&die))
            return;
    }
}

static void list_once(struct entry *entry)
{
    if (!entry->is_listed && entry->unit.code_die.cu)
        list_functions(entry, &entry->unit.code_die, 0, 0);
    entry->is_listed = true;
}

bool compile_units_function(const struct unit *unit, uint64_t address, Dwarf_Die *function)
{
    struct entry *entry = (struct entry *)unit; /* its first member */
    size_t index;
    list_once(entry);
    if (!ranges_find(&entry->functions, address, &index))
        return false;
    *function = entry->dies.items[index];
    return true;
}

/* What describes the same function further: where it is declared in its class, or its form before
 * it was inlined or copied. */
static bool find_origin(Dwarf_Die *die)
{
    static const unsigned links[] = {DW_AT_abstract_origin, DW_AT_specification};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        Dwarf_Attribute attribute;
        Dwarf_Die origin;
        if (dwarf_formref_die(dwarf_attr(die, links[i], &attribute), &origin)) {
            *die = origin;
            return true;
        }
    }
    return false;
}

/* The unit that DIE is in, if it is one of this file: UNIT, or another one after link-time
 * optimisation. */
static struct entry *entry_of(struct compile_units *units, const struct unit *unit, Dwarf_Die *die)
{
    Dwarf_Die other;
    if (die->cu == unit->code_die.cu)
        return (struct entry *)unit;
    if (dwarf_cu_getdwarf(die->cu) != units->dwarf || !dwarf_diecu(die, &other, NULL, NULL))
        return NULL;
    struct entry *entry = open_unit(units, dwarf_dieoffset(&other));
    list_once(entry);
    return entry;
}

size_t compile_units_scopes(struct compile_units *units, const struct unit *unit,
                            Dwarf_Die *function, Dwarf_Die *scopes, size_t most)
{
    Dwarf_Die die = *function;
    for (int i = 0; i < LINKS; i++) {
        Dwarf_Off offset = dwarf_dieoffset(&die);
        const struct entry *entry = entry_of(units, unit, &die);
        const size_t *scope = entry ? map_find(&entry->scope_of, &offset, sizeof offset) : NULL;
        size_t count = 0;
        for (size_t at = scope ? *scope : 0; at > 0 && count < most;
             at = entry->scopes.items[at - 1].outer)
            scopes[count++] = entry->scopes.items[at - 1].die;
        if (count > 0 || !find_origin(&die))
            return count;
    }
    return 0;
}
