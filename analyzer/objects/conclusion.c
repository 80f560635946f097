/* conclusion.c -- What the comparison of heap snapshots comes to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects/conclusion.h"

#include "base/text.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

#define MOST_COLLECTIONS 20

/* ---- Collections --------------------------------------------------------------------------------
 */

static uint32_t node_of_id(const struct heap *heap, uint32_t id)
{
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        if (heap->id[node] == id)
            return node;
    return GRAPH_NONE;
}

/* OLD: the ways of the first snapshot. */
static void name_collection(struct objects_type *type, struct ways *ways, struct ways *old,
                            const struct growth_side *first, const struct growth_side *last)
{
    const struct heap_row *row = heap_rows_find(last->same, type->key);
    const struct heap_row *old_row = heap_rows_find(first->same, type->key);
    uint32_t node = ways_owner(ways, type->ways.items[0].holder);
    uint32_t old_node = node_of_id(first->heap, last->heap->id[node]);
    struct objects_collection *collection = &type->collection;
    ways_name(ways, node, collection);
    collection->after = ways_count_below(ways, row->class, node);
    if (old_node != GRAPH_NONE && old_row)
        collection->before = ways_count_below(old, old_row->class, old_node);
    /* a root keeps everything: that says nothing */
    type->has_collection = last->heap->type[node] != HEAP_NODE_SYNTHETIC;
}

void conclusion_name_collections(struct objects *objects, struct ways *ways,
                                 const struct growth_side *first, const struct growth_side *last)
{
    if (objects->growing == 0)
        return;
    struct ways *old = ways_new(first->heap, first->same, NULL, objects->texts);
    for (size_t i = 0; i < objects->growing && i < MOST_COLLECTIONS; i++)
        name_collection(&objects->types.items[i], ways, old, first, last);
    ways_free(old);
}

/* Whether most objects of TYPE are kept by objects of OTHER. */
static bool is_part_of(const struct objects_type *type, const struct objects_type *other)
{
    int64_t all = 0, below = 0;
    for (size_t i = 0; i < type->ways.count; i++) {
        const struct objects_way *way = &type->ways.items[i];
        bool is_below = false;
        for (size_t k = 1; k < way->step_count && !is_below; k++)
            is_below = strcmp(way->steps[k].type, other->name) == 0;
        all += way->count;
        below += is_below ? way->count : 0;
    }
    return below > 0 && below * 2 >= all;
}

void conclusion_find_parts(struct objects *objects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct objects_type *type = &objects->types.items[i];
        for (size_t k = 0; k < count && !type->is_part; k++) {
            const struct objects_type *other = &objects->types.items[k];
            type->is_part = k != i && other->kept >= type->kept / 10 * 9 &&
                            is_part_of(type, other) && !is_part_of(other, type);
        }
    }
}

void conclusion_rank_parts(struct objects *objects)
{
    for (size_t i = 0; i < objects->growing; i++) {
        struct objects_type *type = &objects->types.items[i];
        for (size_t k = 0; k < i && type->is_part && type->part_of == 0; k++) {
            const struct objects_type *other = &objects->types.items[k];
            if (!other->is_part && is_part_of(type, other))
                type->part_of = k + 1;
        }
    }
}

/* ---- Sums ---------------------------------------------------------------------------------------
 */

static uint64_t sum_side(const struct objects *objects, const struct growth_side *side)
{
    const struct heap *heap = side->heap;
    uint8_t *is_growing = memory_zeroed(heap->classes.list.count, 1);
    uint8_t *is_counted = memory_zeroed(heap->meta.nodes / 8 + 1, 1);
    uint32_t *groups = memory_zeroed(heap->meta.nodes, sizeof *groups);
    uint64_t sum = 0;
    for (size_t i = 0; i < objects->growing; i++) {
        const struct heap_row *row = heap_rows_find(side->same, objects->types.items[i].key);
        if (row)
            is_growing[row->class] = 1;
    }
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        if (is_growing[heap->classes.of[node]])
            is_counted[node / 8] =
                (uint8_t)(is_counted[node / 8] | (side->is_moved[node / 8] & (1u << node % 8)));
    growth_sum_moved(side, groups, 1, is_counted, &sum, NULL);
    free(groups);
    free(is_counted);
    free(is_growing);
    return sum;
}

void conclusion_sum(struct objects *objects, const struct growth_side *first,
                    const struct growth_side *last)
{
    if (objects->growing > 0)
        objects->growing_bytes = (int64_t)(sum_side(objects, last) - sum_side(objects, first));
}

/* ---- The sentence -------------------------------------------------------------------------------
 */

static void add_collection(const struct objects_type *type, struct text *out)
{
    const struct objects_collection *collection = &type->collection;
    text_format(out, "%s", collection->type);
    if (collection->name)
        text_format(out, " `%s`", collection->name);
    if (collection->file)
        text_format(out, " in %s", text_base_name(collection->file));
    if (collection->file && collection->line > 0)
        text_format(out, ":%d", collection->line);
    text_format(out, " went from %s to %s entries of %s", units_count(collection->before).text,
                units_count(collection->after).text, type->name);
}

static void add_growth(const struct objects *objects, struct text *out)
{
    int64_t first = objects->files[0].bytes, last = objects->files[objects->count - 1].bytes;
    text_format(out, "%s (%s to %s)", units_signed_bytes(last - first).text,
                units_bytes(first).text, units_bytes(last).text);
}

void conclusion_reach(struct objects *objects)
{
    struct text text = {0};
    const struct objects_type *top = objects->growing > 0 ? &objects->types.items[0] : NULL;
    if (objects->count == 1) {
        text_format(&text, "The heap has %s in %s objects.",
                    units_bytes(objects->files[0].bytes).text,
                    units_count(objects->files[0].nodes).text);
    } else if (top && top->has_collection) {
        text_add(&text, "The JS heap grows: ");
        add_collection(top, &text);
        text_format(&text, ", %s; the heap ", units_signed_bytes(top->kept).text);
        add_growth(objects, &text);
        text_add(&text, ".");
    } else if (top) {
        text_format(&text, "The JS heap grows: %s objects of %s, %s; the heap ",
                    units_signed_count(top->added - top->removed).text, top->name,
                    units_signed_bytes(top->kept).text);
        add_growth(objects, &text);
        text_add(&text, ".");
    } else {
        text_add(&text, "No type of object keeps growing; the heap ");
        add_growth(objects, &text);
        text_add(&text, ".");
    }
    objects->verdict = pool_text(objects->texts, text.bytes);
    text_done(&text);
}
