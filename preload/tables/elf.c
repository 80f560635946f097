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

#include "base/probe.h"

#define VERSION_HIDDEN 0x8000
#define VERSION_INDEX  0x7fff
#define MOST_ENTRIES   (1u << 20) /* of a chain or a dynamic section that is changing meanwhile */

/* How a module is read: as it is, or through the kernel. Every step may then fail. */
typedef bool (*reader)(void *to, uintptr_t from, size_t size);

struct query {
    reader read;
    const char *name;
    bool hidden_too;
    uintptr_t symbols, names, hash, versions; /* tables; versions may be missing */
};

static bool read_plain(void *to, uintptr_t from, size_t size)
{
    memcpy(to, (const void *)from, size);
    return true;
}

/* glibc relocates most of these pointers in place, but not those of the vdso. */
static uintptr_t pointer(uintptr_t bias, ElfW(Addr) value)
{
    return value < bias ? value + bias : value;
}

static bool read_dynamic(struct query *query, uintptr_t dynamic, uintptr_t bias)
{
    ElfW(Dyn) entry;
    for (unsigned i = 0; i < MOST_ENTRIES; i++) {
        if (!query->read(&entry, dynamic + i * sizeof entry, sizeof entry))
            return false;
        if (entry.d_tag == DT_NULL)
            break;
        if (entry.d_tag == DT_SYMTAB)
            query->symbols = pointer(bias, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_STRTAB)
            query->names = pointer(bias, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_GNU_HASH)
            query->hash = pointer(bias, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_VERSYM)
            query->versions = pointer(bias, entry.d_un.d_ptr);
    }
    return query->symbols && query->names && query->hash;
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

static bool has_name(const struct query *query, uintptr_t name)
{
    char byte;
    for (const char *at = query->name;; at++, name++) {
        if (!query->read(&byte, name, 1) || byte != *at)
            return false;
        if (!byte)
            return true;
    }
}

/* Defined, and not an old version that only old programs may bind to (the "hidden" bit). */
static bool is_it(const struct query *query, uint32_t index, uintptr_t bias,
                  struct elf_function *function)
{
    ElfW(Sym) symbol;
    uint16_t version = 0;
    uintptr_t at = query->versions ? query->versions + index * sizeof version : 0;
    if (!query->read(&symbol, query->symbols + index * sizeof symbol, sizeof symbol) ||
        symbol.st_shndx == SHN_UNDEF || (at && !query->read(&version, at, sizeof version)) ||
        (version & VERSION_HIDDEN && !query->hidden_too) ||
        !has_name(query, query->names + symbol.st_name))
        return false;
    uintptr_t start = bias + symbol.st_value;
    *function = (struct elf_function){start, start + symbol.st_size,
                                      (version & VERSION_INDEX) > VER_NDX_GLOBAL, (uint16_t *)at};
    return true;
}

static bool find(struct query *query, uintptr_t dynamic, uintptr_t bias,
                 struct elf_function *function)
{
    uint32_t head[4], index, chained,
        hash = gnu_hash(query->name); /* head: buckets, first, bloom */
    if (!dynamic || !read_dynamic(query, dynamic, bias) ||
        !query->read(head, query->hash, sizeof head) || !head[0])
        return false;
    uintptr_t buckets = query->hash + sizeof head + head[2] * sizeof(ElfW(Addr));
    uintptr_t chains = buckets + head[0] * sizeof index;
    if (!query->read(&index, buckets + hash % head[0] * sizeof index, sizeof index) ||
        index < head[1])
        return false;
    for (unsigned i = 0; i < MOST_ENTRIES; i++, index++) {
        if (!query->read(&chained, chains + (index - head[1]) * sizeof chained, sizeof chained))
            return false;
        if ((chained | 1) == (hash | 1) && is_it(query, index, bias, function))
            return true;
        if (chained & 1)
            return false;
    }
    return false;
}

bool elf_find_dynamic(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                      struct elf_function *function)
{
    struct query query = {.read = read_plain, .name = name};
    return find(&query, (uintptr_t)dynamic, bias, function);
}

bool elf_find_hidden(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                     struct elf_function *function)
{
    struct query query = {.read = read_plain, .name = name, .hidden_too = true};
    return find(&query, (uintptr_t)dynamic, bias, function);
}

bool elf_probe_dynamic(uintptr_t dynamic, uintptr_t bias, const char *name,
                       struct elf_function *function)
{
    struct query query = {.read = probe_copy, .name = name};
    return find(&query, dynamic, bias, function);
}

bool elf_find(const struct module *module, const char *name, struct elf_function *function)
{
    const ElfW(Dyn) *dynamic = NULL;
    for (unsigned i = 0; i < module->header_count; i++)
        if (module->headers[i].p_type == PT_DYNAMIC)
            dynamic = (const void *)(module->bias + module->headers[i].p_vaddr);
    return elf_find_dynamic(dynamic, module->bias, name, function);
}
