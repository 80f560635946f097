/* symtab.c -- Functions by a module's symbol tables, sorted once.
 *
 * The choice among symbols is that of libdwfl's dwfl_module_addrname, which walks all of them for
 * each question: milliseconds in a program like node. In short:
 *   - Global and weak symbols first; local ones only if none of those matches.
 *   - A symbol with a size matches addresses within it; the nearest start wins, then the stronger
 *     binding, then the smaller size, then the first in the table.
 *   - Without any, a symbol of size 0 (assembler's labels) matches what follows it in its section,
 * as long as no symbol starts or ends in between.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/symtab.h"

#include "base/memory.h"

#include <stdlib.h>

struct entry {
    uint64_t start, size;
    uint64_t reach;   /* the highest end so far: how far back a search must look */
    const char *name; /* borrowed from the module */
    int index;        /* in the module's tables */
    int binding;      /* higher is stronger */
    bool is_absolute; /* belongs to no section */
    bool is_function;
};

struct entries {
    VEC(struct entry) rows; /* by start, then by index */
};

struct section {
    uint64_t start, end;
};

struct symtab {
    struct entries global, local;
    VEC(struct section) sections;
};

static int binding_of(const GElf_Sym *symbol)
{
    switch (GELF_ST_BIND(symbol->st_info)) {
    case STB_GLOBAL:
        return 3;
    case STB_WEAK:
        return 2;
    case STB_LOCAL:
        return 1;
    default:
        return 0;
    }
}

static void add_symbol(struct symtab *table, Dwfl_Module *module, int index, bool is_global)
{
    GElf_Sym symbol;
    GElf_Addr address;
    const char *name = dwfl_module_getsym_info(module, index, &symbol, &address, NULL, NULL, NULL);
    int type = GELF_ST_TYPE(symbol.st_info);
    if (!name || !*name || symbol.st_shndx == SHN_UNDEF || type == STT_SECTION ||
        type == STT_FILE || type == STT_TLS || address + symbol.st_size < address)
        return;
    struct entry entry = {.start = address,
                          .size = symbol.st_size,
                          .name = name,
                          .index = index,
                          .binding = binding_of(&symbol),
                          .is_function = type == STT_FUNC,
                          .is_absolute =
                              symbol.st_shndx >= SHN_LORESERVE && symbol.st_shndx != SHN_XINDEX};
    struct entries *entries = is_global ? &table->global : &table->local;
    VEC_ADD(&entries->rows, entry);
}

static int by_start(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->index - y->index;
}

static void sort_entries(struct entries *entries)
{
    uint64_t reach = 0;
    if (entries->rows.count == 0)
        return;
    qsort(entries->rows.items, entries->rows.count, sizeof *entries->rows.items, by_start);
    for (size_t i = 0; i < entries->rows.count; i++) {
        struct entry *entry = &entries->rows.items[i];
        uint64_t end = entry->start + entry->size;
        reach = end > reach ? end : reach;
        entry->reach = reach;
    }
}

static void add_sections(struct symtab *table, Dwfl_Module *module)
{
    GElf_Addr bias;
    Elf *elf = dwfl_module_getelf(module, &bias);
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while (elf && (section = elf_nextscn(elf, section)) != NULL) {
        if (gelf_getshdr(section, &header) && (header.sh_flags & SHF_ALLOC)) {
            struct section range = {header.sh_addr + bias, header.sh_addr + bias + header.sh_size};
            VEC_ADD(&table->sections, range);
        }
    }
}

struct symtab *symtab_new(Dwfl_Module *module)
{
    struct symtab *table = memory_zeroed(1, sizeof *table);
    int count = dwfl_module_getsymtab(module);
    int first_global = dwfl_module_getsymtab_first_global(module);
    for (int i = 1; i < count; i++)
        add_symbol(table, module, i, i >= first_global);
    sort_entries(&table->global);
    sort_entries(&table->local);
    add_sections(table, module);
    return table;
}

void symtab_free(struct symtab *table)
{
    if (!table)
        return;
    VEC_DONE(&table->global.rows);
    VEC_DONE(&table->local.rows);
    VEC_DONE(&table->sections);
    free(table);
}

/* How many entries start at or below ADDRESS. */
static size_t count_up_to(const struct entries *entries, uint64_t address)
{
    size_t low = 0, high = entries->rows.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entries->rows.items[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Both cover the address; NEXT comes later in the table. */
static bool is_better(const struct entry *next, const struct entry *best)
{
    if (next->start > best->start || next->binding > best->binding)
        return true;
    if (next->start != best->start)
        return false;
    return next->size < best->size && next->binding == best->binding;
}

/* The symbol with a size that covers ADDRESS, among the first COUNT. */
static const struct entry *find_sized(const struct entries *entries, size_t count, uint64_t address)
{
    VEC(const struct entry *) fits = {0};
    const struct entry *best = NULL;
    for (size_t i = count; i-- > 0 && entries->rows.items[i].reach > address;) {
        const struct entry *entry = &entries->rows.items[i];
        if (address - entry->start < entry->size)
            VEC_ADD(&fits, entry);
    }
    /* In the table's order, which decides between two that neither starts nearer nor binds
     * stronger. Few symbols overlap. */
    while (fits.count > 0) {
        size_t first = 0;
        for (size_t i = 1; i < fits.count; i++)
            first = fits.items[i]->index < fits.items[first]->index ? i : first;
        if (!best || is_better(fits.items[first], best))
            best = fits.items[first];
        fits.items[first] = fits.items[--fits.count];
    }
    VEC_DONE(&fits);
    return best;
}

static const struct section *section_of(const struct symtab *table, uint64_t address)
{
    for (size_t i = 0; i < table->sections.count; i++) {
        const struct section *section = &table->sections.items[i];
        if (address >= section->start && address < section->end)
            return section;
    }
    return NULL;
}

/* The last label before ADDRESS, among the first COUNT, that nothing ends after. */
static const struct entry *find_label(const struct symtab *table, const struct entries *entries,
                                      size_t count, uint64_t address, uint64_t reach)
{
    for (size_t i = count; i-- > 0;) {
        const struct entry *entry = &entries->rows.items[i];
        if (entry->start < reach)
            return NULL;
        bool same_section = entry->is_absolute
                                ? entry->start == address
                                : section_of(table, entry->start) == section_of(table, address);
        if (entry->size == 0 && same_section)
            return entry;
    }
    return NULL;
}

static uint64_t reach_of(const struct entries *entries, size_t count)
{
    return count ? entries->rows.items[count - 1].reach : 0;
}

const char *symtab_find(const struct symtab *table, uint64_t address)
{
    size_t globals = count_up_to(&table->global, address);
    size_t locals = count_up_to(&table->local, address);
    const struct entry *entry = find_sized(&table->global, globals, address);
    if (entry)
        return entry->name;
    uint64_t reach = reach_of(&table->global, globals);
    entry = find_label(table, &table->global, globals, address, reach);
    if (entry && entry->start == address)
        return entry->name;
    const struct entry *local = find_sized(&table->local, locals, address);
    if (local)
        return local->name;
    uint64_t local_reach = reach_of(&table->local, locals);
    reach = reach > local_reach ? reach : local_reach;
    local = find_label(table, &table->local, locals, address, reach);
    if (local)
        return local->name;
    return entry && entry->start >= reach ? entry->name : NULL;
}

static uint64_t size_in(const struct entries *entries, uint64_t address)
{
    uint64_t size = 0;
    for (size_t i = count_up_to(entries, address); i-- > 0;) {
        const struct entry *entry = &entries->rows.items[i];
        if (entry->start != address)
            break;
        if (entry->is_function && entry->size > size)
            size = entry->size;
    }
    return size;
}

uint64_t symtab_size_of_function(const struct symtab *table, uint64_t address)
{
    uint64_t global = size_in(&table->global, address), local = size_in(&table->local, address);
    return global > local ? global : local;
}
