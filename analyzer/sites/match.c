/* match.c -- Sites of one release found again in the next, where their lines have moved.
 *
 * Sites that both snapshots know stay as they are. The others are gathered by function, base name
 * of the file and kind: when as many are gone as have come, they are paired in the order of their
 * lines; otherwise they cannot be matched, and all become one site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sites/match.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct candidate {
    struct site *site;
    size_t index;      /* in the table */
    const char *place; /* base name of file or module */
};

/* What stays when code moves within its file. */
static int by_function(const struct candidate *a, const struct candidate *b)
{
    const struct site *x = a->site, *y = b->site;
    int order = strcmp(x->frame.function, y->frame.function);
    if (order == 0)
        order = strcmp(a->place, b->place);
    if (order == 0)
        order = (int)x->kind - (int)y->kind;
    return order ? order : (int)x->is_managed - (int)y->is_managed;
}

static int by_line(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = by_function(x, y);
    if (order == 0)
        order = (int)x->site->in_last - (int)y->site->in_last; /* those that are gone first */
    if (order == 0)
        order = x->site->frame.line - y->site->frame.line;
    return order ? order : x->site->frame.column - y->site->frame.column;
}

static void add_all(int64_t *to, const int64_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = store_sum(to[i], from[i]);
}

static void match_merge(struct site_table *table, size_t *new_index, const struct candidate *gone,
                        const struct candidate *here)
{
    struct site *from = gone->site, *to = here->site;
    add_all(to->live_bytes, from->live_bytes, table->count);
    add_all(to->live_blocks, from->live_blocks, table->count);
    add_all(to->allocations, from->allocations, table->count);
    add_all(to->allocated_bytes, from->allocated_bytes, table->count);
    to->collected_bytes = store_sum(to->collected_bytes, from->collected_bytes);
    to->collected_blocks = store_sum(to->collected_blocks, from->collected_blocks);
    to->first_variance += from->first_variance;
    to->last_variance += from->last_variance;
    to->in_first |= from->in_first;
    from->is_merged = true;
    new_index[gone->index] = here->index;
}

/* GROUP: sites of one function, first GONE that the last snapshot does not know. */
static void match_group(struct site_table *table, size_t *new_index, struct candidate *group,
                        size_t count, size_t gone)
{
    size_t come = count - gone;
    if (gone == 0 || come == 0)
        return;
    for (size_t i = 0; i < gone; i++)
        match_merge(table, new_index, &group[i], &group[gone == come ? gone + i : gone]);
    for (size_t i = gone + 1; i < count && gone != come; i++)
        match_merge(table, new_index, &group[i], &group[gone]);
}

static size_t match_gather(const struct site_table *table, struct candidate *candidates)
{
    size_t count = 0;
    for (size_t i = 0; i < table->sites.count; i++) {
        struct site *site = &table->sites.items[i];
        const char *place = site->frame.file ? site->frame.file : site->frame.module;
        if (site->in_first == site->in_last || (!site->frame.is_named && !site->frame.is_jit))
            continue;
        candidates[count++] = (struct candidate){
            .site = site, .index = i, .place = place ? text_base_name(place) : ""};
    }
    return count;
}

/* Where a merged site went; chains are as long as the merges of one group. */
static size_t resolve(const size_t *new_index, size_t index)
{
    while (new_index[index] != index)
        index = new_index[index];
    return index;
}

void match_moved(struct site_table *table)
{
    struct candidate *candidates = memory_zeroed(table->sites.count, sizeof *candidates);
    size_t *new_index = memory_zeroed(table->sites.count, sizeof *new_index);
    size_t count = match_gather(table, candidates);
    for (size_t i = 0; i < table->sites.count; i++)
        new_index[i] = i;
    if (count > 0)
        qsort(candidates, count, sizeof *candidates, by_line);
    for (size_t i = 0, next; i < count; i = next) {
        size_t gone = 0;
        for (next = i; next < count && by_function(&candidates[i], &candidates[next]) == 0; next++)
            gone += !candidates[next].site->in_last;
        match_group(table, new_index, &candidates[i], next - i, gone);
    }
    for (size_t i = 0; i < table->members.count; i++)
        table->members.items[i].site = resolve(new_index, table->members.items[i].site);
    free(candidates);
    free(new_index);
}
