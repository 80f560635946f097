/* codelog.c -- Reading the log of JIT code (tables/jitcode.h): moved code keeps its name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/codelog.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "tables/jitcode.h"
#include "tables/stacks.h"

/* The last name at each start of code: an open-addressed table of twice the log's length. */
struct latest {
    uintptr_t start; /* 0: free */
    const char *name;
};

struct names {
    struct latest *table;
    size_t mask;
};

static bool has_moves(uint32_t count)
{
    struct jitcode code;
    for (uint32_t i = 0; i < count; i++)
        if (jitcode_get(i, &code) && code.from)
            return true;
    return false;
}

static struct latest *latest_at(const struct names *names, uintptr_t start)
{
    size_t at = stacks_hash_end(start) & names->mask;
    while (names->table[at].start && names->table[at].start != start)
        at = (at + 1) & names->mask;
    return &names->table[at];
}

/* The table is needed by moved code alone, of which there is mostly none. */
static void names_begin(struct names *names, uint32_t count)
{
    size_t room = 1024;
    *names = (struct names){0};
    if (!has_moves(count))
        return;
    while (room < 2 * (size_t)count)
        room *= 2;
    names->table = memory_alloc(room * sizeof *names->table);
    if (names->table)
        memset(names->table, 0, room * sizeof *names->table);
    names->mask = room - 1;
}

static const char *name_of(const struct names *names, const struct jitcode *code)
{
    if (!names->table)
        return code->name;
    const char *name = code->from ? latest_at(names, code->from)->name : code->name;
    *latest_at(names, code->start) = (struct latest){code->start, name};
    return name;
}

void codelog_scan(codelog_visit *visit, void *context)
{
    uint32_t count = jitcode_count();
    struct names names;
    names_begin(&names, count);
    for (uint32_t i = 0; i < count; i++) {
        struct jitcode code;
        if (!jitcode_get(i, &code))
            break;
        struct codelog_entry entry = {code.start, code.start + code.size, i,
                                      name_of(&names, &code)};
        visit(&entry, context);
    }
    memory_free(names.table);
}
