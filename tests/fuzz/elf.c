/* elf.c -- Any bytes as a module: its symbols, line tables and functions.
 *
 * In the command this happens in a process of its own (symbols/reader.c), for libelf and libdw may
 * die of such files; here a death in them counts as well.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <stdlib.h>

#include "output.h"
#include "symbols/elf.h"

static void look_up(struct elf *elf, uint64_t address, struct pool *pool)
{
    bool is_partial;
    struct symbol_list list = elf_find(elf, address, pool, &is_partial);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].line < 0 || list.items[i].column < 0 ||
            (list.items[i].function && !*list.items[i].function))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct symbol_sources sources = {.no_cache = true};
    struct symbol_place place = {.path = output_file(0, bytes, size), .time_ns = INT64_MAX};
    struct elf *elf = elf_open(&place, &sources);
    struct pool *pool = pool_new();
    elf_facts(elf);
    for (uint64_t address = 0x240; address < 0x280; address += 3) {
        look_up(elf, address, pool);
        look_up(elf, address | SYMBOLS_CALLED, pool);
    }
    look_up(elf, UINT64_MAX, pool);
    elf_close(elf);
    pool_free(pool);
    return 0;
}
