/* symbols.c -- Looks symbols up module by module and remembers every answer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/symbols.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "symbols/dwarf.h"
#include "symbols/elf.h"

#include <stdlib.h>

struct symbols {
    struct pool *pool;
    struct map modules; /* path and build id → index in elves */
    struct map places;  /* index in elves and offset → index in answers */
    VEC(struct elf *) elves;
    VEC(struct symbol_list) answers;
};

struct symbols *symbols_new(void)
{
    struct symbols *symbols = memory_zeroed(1, sizeof *symbols);
    symbols->pool = pool_new();
    return symbols;
}

void symbols_free(struct symbols *symbols)
{
    if (!symbols)
        return;
    for (size_t i = 0; i < symbols->elves.count; i++)
        elf_close(symbols->elves.items[i]);
    VEC_DONE(&symbols->elves);
    VEC_DONE(&symbols->answers);
    map_done(&symbols->modules);
    map_done(&symbols->places);
    pool_free(symbols->pool);
    free(symbols);
}

static size_t find_module(struct symbols *symbols, const struct symbol_place *place)
{
    struct text key = {0};
    bool is_new;
    text_format(&key, "%s\n%s", place->path, place->build_id ? place->build_id : "");
    size_t *slot = map_add(&symbols->modules, key.bytes, key.length, &is_new);
    if (is_new) {
        *slot = symbols->elves.count;
        VEC_ADD(&symbols->elves, elf_open(place->path, place->build_id, place->time_ns));
    }
    size_t index = *slot;
    text_done(&key);
    return index;
}

/* DWARF knows most; without it the symbol table still knows the function. */
static struct symbol_list look_up(struct symbols *symbols, struct elf *elf, uint64_t offset)
{
    struct symbol_list list = {0};
    if (!elf)
        return list;
    list = dwarf_find(elf_module(elf), offset, symbols->pool);
    const char *name = list.count == 0 ? elf_function(elf, offset, symbols->pool) : NULL;
    if (name) {
        struct symbol *symbol = pool_zeroed(symbols->pool, sizeof *symbol);
        symbol->function = name;
        list = (struct symbol_list){.items = symbol, .count = 1};
    }
    return list;
}

struct symbol_list symbols_find(struct symbols *symbols, const struct symbol_place *place)
{
    uint64_t key[2] = {find_module(symbols, place), place->offset};
    bool is_new;
    size_t *slot = map_add(&symbols->places, key, sizeof key, &is_new);
    if (is_new) {
        *slot = symbols->answers.count;
        struct symbol_list list = look_up(symbols, symbols->elves.items[key[0]], place->offset);
        VEC_ADD(&symbols->answers, list);
    }
    return symbols->answers.items[*slot];
}
