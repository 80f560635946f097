/* elf.c -- Looks up exported functions of loaded modules without the loader.
 *
 * The DT_GNU_HASH table: a Bloom filter (skipped: one look-up does not need it), buckets of symbol
 * indexes, and chains of hashes whose lowest bit ends a chain. Described in Drepper, "How To Write
 * Shared Libraries", and in the generic ABI's GNU extensions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/elf.h"

#include <string.h>

struct tables {
    const ElfW(Sym) *symbols;
    const char *names;
    const uint32_t *hash;
    const ElfW(Half) *versions; /* may be missing */
};

/* glibc relocates most of these pointers in place, but not those of the vdso. */
static const void *pointer(uintptr_t bias, ElfW(Addr) value)
{
    return (const void *)(value < bias ? value + bias : value);
}

static bool read_dynamic(const ElfW(Dyn) *entry, uintptr_t bias, struct tables *tables)
{
    *tables = (struct tables){NULL, NULL, NULL, NULL};
    for (; entry && entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_SYMTAB)
            tables->symbols = pointer(bias, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_STRTAB)
            tables->names = pointer(bias, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_GNU_HASH)
            tables->hash = pointer(bias, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_VERSYM)
            tables->versions = pointer(bias, entry->d_un.d_ptr);
    }
    return tables->symbols && tables->names && tables->hash && tables->hash[0];
}

/* Defined, and not an old version that only old programs may bind to (the "hidden" bit). */
static bool is_offered(const struct tables *tables, uint32_t index)
{
    bool hidden = tables->versions && tables->versions[index] & 0x8000;
    return tables->symbols[index].st_shndx != SHN_UNDEF && !hidden;
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

bool elf_find_dynamic(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                      struct elf_function *function)
{
    struct tables tables;
    if (!read_dynamic(dynamic, bias, &tables))
        return false;
    uint32_t bucket_count = tables.hash[0], first_symbol = tables.hash[1], bloom = tables.hash[2];
    const uint32_t *buckets = tables.hash + 4 + bloom * (sizeof(ElfW(Addr)) / 4);
    const uint32_t *chains = buckets + bucket_count;
    uint32_t hash = gnu_hash(name), index = buckets[hash % bucket_count];
    if (index < first_symbol)
        return false;
    for (;; index++) {
        uint32_t chained = chains[index - first_symbol];
        const ElfW(Sym) *symbol = &tables.symbols[index];
        if ((chained | 1) == (hash | 1) && is_offered(&tables, index) &&
            strcmp(tables.names + symbol->st_name, name) == 0) {
            function->start = bias + symbol->st_value;
            function->end = function->start + symbol->st_size;
            return true;
        }
        if (chained & 1)
            return false;
    }
}

bool elf_find(const struct module *module, const char *name, struct elf_function *function)
{
    const ElfW(Dyn) *dynamic = NULL;
    for (unsigned i = 0; i < module->header_count; i++)
        if (module->headers[i].p_type == PT_DYNAMIC)
            dynamic = (const void *)(module->bias + module->headers[i].p_vaddr);
    return elf_find_dynamic(dynamic, module->bias, name, function);
}
