/* builtins.c -- Names that only a runtime can give, for code inside of its own library.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/builtins.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sort.h"
#include "tables/modules.h"

#define LINES_MOST 8192 /* V8 has some 2,000, and writes them before all else */
#define NAME_SIZE  120  /* of the longest that is kept whole, with its end */

struct builtin {
    uintptr_t start, end;
    uint64_t name; /* offset in the map */
    size_t length;
    const char *text; /* NULL: it is in the map */
};

static void take(struct builtins *builtins, const struct builtin *builtin)
{
    if (builtins->lines >= LINES_MOST)
        return;
    builtins->lines++;
    if (modules_find(builtin->start) &&
        memory_make_room(&builtins->list, sizeof *builtins->list, builtins->count, &builtins->room))
        builtins->list[builtins->count++] = *builtin;
}

void builtins_take(struct builtins *builtins, const struct perfmap_entry *entry)
{
    take(builtins,
         &(struct builtin){entry->start, entry->end, entry->name, entry->length, .text = NULL});
}

void builtins_take_named(struct builtins *builtins, uintptr_t start, uintptr_t end,
                         const char *name)
{
    if (name)
        take(builtins, &(struct builtin){.start = start, .end = end, .text = name});
}

static void read_name(const struct builtin *builtin, int map, char *name)
{
    size_t want = builtin->length < NAME_SIZE ? builtin->length : NAME_SIZE - 1;
    ssize_t got = pread(map, name, want, (off_t)builtin->name);
    name[got > 0 ? got : 0] = '\0';
}

static int by_start(const void *a, const void *b)
{
    const struct builtin *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

void builtins_finish(struct builtins *builtins, int map)
{
    if (!builtins->count)
        return;
    builtins->names = memory_alloc(builtins->count * NAME_SIZE);
    if (!builtins->names) {
        builtins->count = 0;
        return;
    }
    sort(builtins->list, builtins->count, sizeof *builtins->list, by_start);
    for (size_t i = 0; i < builtins->count; i++) {
        char *name = builtins->names + i * NAME_SIZE;
        *name = '\0';
        if (!builtins->list[i].text && map >= 0)
            read_name(&builtins->list[i], map, name);
    }
}

const char *builtins_find(const struct builtins *builtins, uintptr_t address)
{
    size_t low = 0, high = builtins->count;
    while (low < high) { /* the first that ends behind the address */
        size_t middle = (low + high) / 2;
        if (builtins->list[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == builtins->count || builtins->list[low].start > address)
        return NULL;
    const struct builtin *builtin = &builtins->list[low];
    const char *name = builtin->text ? builtin->text : builtins->names + low * NAME_SIZE;
    return *name ? name : NULL;
}

void builtins_done(struct builtins *builtins)
{
    memory_free(builtins->list);
    memory_free(builtins->names);
    *builtins = (struct builtins){0};
}
