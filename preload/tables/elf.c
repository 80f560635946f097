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
};

/* glibc relocates most of these pointers in place, but not those of the vdso. */
static const void *pointer(const struct module *module, ElfW(Addr) value)
{
    return (const void *)(value < module->start ? value + module->bias : value);
}

static bool read_dynamic(const struct module *module, struct tables *tables)
{
    const ElfW(Dyn) *entry = NULL;
    for (unsigned i = 0; i < module->header_count; i++)
        if (module->headers[i].p_type == PT_DYNAMIC)
            entry = (const void *)(module->bias + module->headers[i].p_vaddr);
    *tables = (struct tables){NULL, NULL, NULL};
    for (; entry && entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_SYMTAB)
            tables->symbols = pointer(module, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_STRTAB)
            tables->names = pointer(module, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_GNU_HASH)
            tables->hash = pointer(module, entry->d_un.d_ptr);
    }
    return tables->symbols && tables->names && tables->hash;
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

bool elf_find(const struct module *module, const char *name, struct elf_function *function)
{
    struct tables tables;
    if (!read_dynamic(module, &tables) || tables.hash[0] == 0)
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
        if ((chained | 1) == (hash | 1) && symbol->st_shndx != SHN_UNDEF &&
            strcmp(tables.names + symbol->st_name, name) == 0) {
            function->start = module->bias + symbol->st_value;
            function->end = function->start + symbol->st_size;
            return true;
        }
        if (chained & 1)
            return false;
    }
}
