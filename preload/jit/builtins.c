/* builtins.c -- Names that only a runtime's perf map has, for code inside of its own library.
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
};

void builtins_take(struct builtins *builtins, const struct perfmap_entry *entry)
{
    if (builtins->lines >= LINES_MOST)
        return;
    builtins->lines++;
    if (!modules_find(entry->start) || !memory_make_room(&builtins->list, sizeof *builtins->list,
                                                         builtins->count, &builtins->room))
        return;
    builtins->list[builtins->count++] =
        (struct builtin){entry->start, entry->end, entry->name, entry->length};
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
        const struct builtin *builtin = &builtins->list[i];
        size_t want = builtin->length < NAME_SIZE ? builtin->length : NAME_SIZE - 1;
        char *name = builtins->names + i * NAME_SIZE;
        ssize_t got = pread(map, name, want, (off_t)builtin->name);
        name[got > 0 ? got : 0] = '\0';
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
    const char *name = builtins->names + low * NAME_SIZE;
    return *name ? name : NULL;
}

void builtins_done(struct builtins *builtins)
{
    memory_free(builtins->list);
    memory_free(builtins->names);
    *builtins = (struct builtins){0};
}
