/* dynsym.c -- Looks up exported functions of loaded modules without the loader.
 *
 * The DT_GNU_HASH table: a Bloom filter, buckets of symbol indexes, and chains of hashes whose
 * lowest bit ends a chain. Described in Drepper, "How To Write Shared Libraries", and in the
 * generic ABI's GNU extensions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/dynsym.h"

#include <string.h>

#include "base/probe.h"

#define VERSION_HIDDEN 0x8000
#define VERSION_INDEX  0x7fff
#define MOST_ENTRIES   (1u << 20) /* of a chain or a dynamic section that is changing meanwhile */

/* How a module is read: directly, or through the kernel, where every step may fail. A constant for
 * the compiler, so that the first way costs nothing. */
typedef bool (*reader)(void *to, uintptr_t from, size_t size);
#define EACH_WAY static inline __attribute__((always_inline))

EACH_WAY bool read_plain(void *to, uintptr_t from, size_t size)
{
    memcpy(to, (const void *)from, size);
    return true;
}

/* glibc relocates most of these pointers in place, but not those of the vdso. */
static uintptr_t dynsym_pointer(uintptr_t bias, ElfW(Addr) value)
{
    return value < bias ? value + bias : value;
}

EACH_WAY bool read_hash(reader read, struct dynsym_tables *tables, uintptr_t hash)
{
    uint32_t head[4];
    if (!hash || !read(head, hash, sizeof head) || !head[0] || !head[2])
        return false;
    tables->bucket_count = head[0];
    tables->first_symbol = head[1];
    tables->bloom_count = head[2];
    tables->bloom_shift = head[3];
    tables->bloom = hash + sizeof head;
    tables->buckets = tables->bloom + head[2] * sizeof(ElfW(Addr));
    tables->chains = tables->buckets + head[0] * sizeof(uint32_t);
    return true;
}

EACH_WAY bool open_tables(reader read, struct dynsym_tables *tables, uintptr_t dynamic,
                          uintptr_t bias)
{
    ElfW(Dyn) entry;
    uintptr_t hash = 0;
    *tables = (struct dynsym_tables){.bias = bias};
    for (unsigned i = 0; dynamic && i < MOST_ENTRIES; i++) {
        if (!read(&entry, dynamic + i * sizeof entry, sizeof entry))
            return false;
        if (entry.d_tag == DT_NULL)
            break;
        if (entry.d_tag == DT_SYMTAB)
            tables->symbols = dynsym_pointer(bias, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_STRTAB)
            tables->names = dynsym_pointer(bias, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_GNU_HASH)
            hash = dynsym_pointer(bias, entry.d_un.d_ptr);
        else if (entry.d_tag == DT_VERSYM)
            tables->versions = dynsym_pointer(bias, entry.d_un.d_ptr);
    }
    return tables->symbols && tables->names && read_hash(read, tables, hash);
}

struct dynsym_name dynsym_name(const char *text)
{
    uint32_t hash = 5381;
    for (const char *at = text; *at; at++)
        hash = hash * 33 + (unsigned char)*at;
    return (struct dynsym_name){text, hash};
}

EACH_WAY bool has_name(reader read, const struct dynsym_name *name, uintptr_t text)
{
    char byte;
    for (const char *at = name->text;; at++, text++) {
        if (!read(&byte, text, 1) || byte != *at)
            return false;
        if (!byte)
            return true;
    }
}

/* Defined, and not an old version that only old programs may bind to (the "hidden" bit). */
EACH_WAY bool is_it(reader read, const struct dynsym_tables *tables, const struct dynsym_name *name,
                    bool hidden_too, uint32_t index, struct dynsym_function *function)
{
    ElfW(Sym) symbol;
    uint16_t version = 0;
    uintptr_t at = tables->versions ? tables->versions + index * sizeof version : 0;
    if (!read(&symbol, tables->symbols + index * sizeof symbol, sizeof symbol) ||
        symbol.st_shndx == SHN_UNDEF || (at && !read(&version, at, sizeof version)) ||
        (version & VERSION_HIDDEN && !hidden_too) ||
        !has_name(read, name, tables->names + symbol.st_name))
        return false;
    uintptr_t start = tables->bias + symbol.st_value;
    *function = (struct dynsym_function){
        start, start + symbol.st_size, (version & VERSION_INDEX) > VER_NDX_GLOBAL, (uint16_t *)at};
    return true;
}

/* False: the name is surely not there. */
EACH_WAY bool bloom_lets_pass(reader read, const struct dynsym_tables *tables, uint32_t hash)
{
    enum { BITS = 8 * sizeof(ElfW(Addr)) };
    ElfW(Addr) word, one = 1;
    uint32_t index = hash / BITS & (tables->bloom_count - 1);
    return read(&word, tables->bloom + index * sizeof word, sizeof word) &&
           word & one << hash % BITS && word & one << (hash >> tables->bloom_shift) % BITS;
}

EACH_WAY bool look_up(reader read, const struct dynsym_tables *tables,
                      const struct dynsym_name *name, bool hidden_too,
                      struct dynsym_function *function)
{
    uint32_t index, chained, first = tables->first_symbol;
    uintptr_t bucket = tables->buckets + name->hash % tables->bucket_count * sizeof index;
    if (!bloom_lets_pass(read, tables, name->hash) || !read(&index, bucket, sizeof index) ||
        index < first)
        return false;
    for (unsigned i = 0; i < MOST_ENTRIES; i++, index++) {
        if (!read(&chained, tables->chains + (index - first) * sizeof chained, sizeof chained))
            return false;
        if ((chained | 1) == (name->hash | 1) &&
            is_it(read, tables, name, hidden_too, index, function))
            return true;
        if (chained & 1)
            return false;
    }
    return false;
}

bool dynsym_open(struct dynsym_tables *tables, const ElfW(Dyn) *dynamic, uintptr_t bias)
{
    return open_tables(read_plain, tables, (uintptr_t)dynamic, bias);
}

bool dynsym_look_up(const struct dynsym_tables *tables, const struct dynsym_name *name,
                    struct dynsym_function *function)
{
    return look_up(read_plain, tables, name, false, function);
}

bool dynsym_find_dynamic(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                         struct dynsym_function *function)
{
    struct dynsym_name wanted = dynsym_name(name);
    struct dynsym_tables tables;
    return dynsym_open(&tables, dynamic, bias) && dynsym_look_up(&tables, &wanted, function);
}

bool dynsym_find_hidden(const ElfW(Dyn) *dynamic, uintptr_t bias, const char *name,
                        struct dynsym_function *function)
{
    struct dynsym_name wanted = dynsym_name(name);
    struct dynsym_tables tables;
    return dynsym_open(&tables, dynamic, bias) &&
           look_up(read_plain, &tables, &wanted, true, function);
}

bool dynsym_probe_dynamic(uintptr_t dynamic, uintptr_t bias, const char *name,
                          struct dynsym_function *function)
{
    struct dynsym_name wanted = dynsym_name(name);
    struct dynsym_tables tables;
    return open_tables(probe_copy, &tables, dynamic, bias) &&
           look_up(probe_copy, &tables, &wanted, false, function);
}

bool dynsym_find(const struct module *module, const char *name, struct dynsym_function *function)
{
    const ElfW(Dyn) *dynamic = NULL;
    for (unsigned i = 0; i < module->header_count; i++)
        if (module->headers[i].p_type == PT_DYNAMIC)
            dynamic = (const void *)(module->bias + module->headers[i].p_vaddr);
    return dynsym_find_dynamic(dynamic, module->bias, name, function);
}
