/* growth.c -- Which types grow: by numbers first, then by where the new objects are kept.
 *
 * A program that warms up makes new objects, too: functions that it compiles, modules that it
 * loads, caches of its engine. These are many, but each thing gets one or two. A leak puts ever
 * more objects of a type into one place, or several each into many. So growth counts when one
 * holder got MANY of them in the same way, or when holders got SOME each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects/growth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_COUNT 5
#define LEAST_BYTES (16 << 10)
#define LEAST_SHARE 1000 /* one byte in so many of the heap */
#define SIGMAS      3.0  /* of churn: see judge/rank.c */
#define MANY        5    /* new objects of one holder … */
#define MANY_SHARE  20   /* … that are one of so many at least */
#define MOST_SHARE  2    /* … and all such are one of so many of the growth */
#define SOME        3    /* new objects a holder, on average … */
#define SOME_COUNT  20   /* … of so many objects at least */

bool growth_open(struct growth_side *side, const char *path,
                 const struct heap_interfaces *interfaces, struct error *error)
{
    *side = (struct growth_side){.heap = heap_open(path, error)};
    if (!side->heap)
        return false;
    side->own = side->same = heap_rows_of(side->heap);
    if (interfaces) {
        heap_classes_find(side->heap, interfaces);
        side->same = heap_rows_of(side->heap);
    }
    return true;
}

void growth_close(struct growth_side *side)
{
    if (side->same != side->own)
        heap_rows_free(side->same);
    heap_rows_free(side->own);
    heap_ids_done(&side->ids);
    free(side->is_moved);
    free(side->is_topmost);
    free(side->is_fresh);
    free(side->moved_bytes);
    heap_close(side->heap);
    *side = (struct growth_side){0};
}

static bool has_bit(const uint8_t *bits, uint32_t node)
{
    return bits[node / 8] >> node % 8 & 1;
}

/* A bit for each node of AFTER whose id BEFORE does not have; free() it. */
static uint8_t *find_fresh(const struct heap *before, const struct heap *after)
{
    uint32_t *old = heap_ids_sort(before), *now = heap_ids_sort(after);
    uint8_t *is_fresh = memory_zeroed(after->meta.nodes / 8 + 1, 1);
    uint32_t i = 0;
    for (uint32_t j = 0; j < after->meta.nodes; j++) {
        while (i < before->meta.nodes && before->id[old[i]] < after->id[now[j]])
            i++;
        if (i == before->meta.nodes || before->id[old[i]] != after->id[now[j]])
            is_fresh[now[j] / 8] |= (uint8_t)(1u << now[j] % 8);
    }
    free(old);
    free(now);
    return is_fresh;
}

/* The sizes of the nodes in BITS, 0 for the others; free() it. */
static uint32_t *sizes_of(const struct heap *heap, const uint8_t *bits)
{
    uint32_t *sizes = memory_zeroed(heap->meta.nodes, sizeof *sizes);
    for (uint32_t node = 0; node < heap->meta.nodes; node++)
        sizes[node] = has_bit(bits, node) ? heap->size[node] : 0;
    return sizes;
}

void growth_sum_moved(const struct growth_side *side, const uint32_t *groups, uint32_t count,
                      const uint8_t *is_counted, uint64_t *sums, uint8_t *is_topmost)
{
    const struct heap *heap = side->heap;
    uint32_t *fresh = sizes_of(heap, side->is_fresh), *counted = sizes_of(heap, is_counted);
    uint64_t *retained = memory_resize(NULL, heap->meta.nodes, sizeof *retained);
    dominators_sum(&heap->dominators, fresh, retained);
    dominators_sum_groups(&heap->dominators, groups, count, counted, retained, sums, is_topmost);
    free(retained);
    free(counted);
    free(fresh);
}

/* What the objects that moved retain, by class. */
static void sum_moved(struct growth_side *side)
{
    const struct heap *heap = side->heap;
    uint32_t classes = (uint32_t)heap->classes.list.count;
    side->is_topmost = memory_zeroed(heap->meta.nodes / 8 + 1, 1);
    side->moved_bytes = memory_zeroed(classes, sizeof *side->moved_bytes);
    growth_sum_moved(side, heap->classes.of, classes, side->is_moved, side->moved_bytes,
                     side->is_topmost);
}

static uint32_t row_number(const struct heap_rows *rows, const char *key)
{
    const struct heap_row *row = heap_rows_find(rows, key);
    return row ? (uint32_t)(row - rows->list.items) : GRAPH_NONE;
}

void growth_compare(struct growth_side *before, struct growth_side *after, struct objects *objects)
{
    struct growth_side *const sides[] = {before, after};
    for (int i = 0; i < 2; i++) {
        sides[i]->ids = heap_ids_of(sides[i]->heap, sides[i]->same);
        sides[i]->is_moved = memory_zeroed(sides[i]->heap->meta.nodes / 8 + 1, 1);
    }
    for (size_t i = 0; i < objects->types.count; i++) {
        struct objects_type *type = &objects->types.items[i];
        struct heap_difference difference =
            heap_ids_compare(&before->ids, row_number(before->same, type->key), &after->ids,
                             row_number(after->same, type->key), before->is_moved, after->is_moved);
        type->added = difference.added;
        type->removed = difference.removed;
        type->stayed = difference.stayed;
        type->added_bytes = (int64_t)difference.added_bytes;
        type->removed_bytes = (int64_t)difference.removed_bytes;
    }
    before->is_fresh = find_fresh(after->heap, before->heap);
    after->is_fresh = find_fresh(before->heap, after->heap);
    sum_moved(before);
    sum_moved(after);
    for (size_t i = 0; i < objects->types.count; i++) {
        struct objects_type *type = &objects->types.items[i];
        const struct heap_row *old = heap_rows_find(before->same, type->key);
        const struct heap_row *now = heap_rows_find(after->same, type->key);
        type->kept = (now ? (int64_t)after->moved_bytes[now->class] : 0) -
                     (old ? (int64_t)before->moved_bytes[old->class] : 0);
    }
}

/* ---- Judging ------------------------------------------------------------------------------------
 */

/* Objects that come and go scatter by the root of their number. */
static double churn_noise(const struct objects_type *type)
{
    double turned = (double)(type->added < type->removed ? type->added : type->removed);
    return SIGMAS * sqrt(2 * turned);
}

static enum rank_pattern pattern_of(const struct objects *objects, struct objects_type *type)
{
    size_t count = objects->count;
    double net = (double)(type->added - type->removed);
    if (net <= 0)
        return PATTERN_FLAT;
    type->has_trend = count > 2;
    if (type->has_trend) {
        double *x = memory_zeroed(count, sizeof *x), *y = memory_zeroed(count, sizeof *y);
        for (size_t i = 0; i < count; i++) {
            x[i] = objects->files[i].time;
            x[i] = i > 0 && x[i] <= x[i - 1] ? x[i - 1] + 1e-3 : x[i];
            y[i] = (double)type->same_count[i];
        }
        type->trend = trend_of(x, y, count);
        free(x);
        free(y);
        if (trend_is_zigzag(&type->trend))
            return PATTERN_FLUCTUATES;
        if (trend_has_stopped(&type->trend))
            return PATTERN_SETTLED;
    }
    if (net <= churn_noise(type))
        return PATTERN_NOISE;
    return type->has_trend ? PATTERN_RISES : PATTERN_GREW;
}

bool growth_is_suspect(const struct objects *objects, struct objects_type *type)
{
    int64_t bytes = objects->files[objects->count - 1].bytes;
    type->pattern = pattern_of(objects, type);
    return type->pattern >= PATTERN_GREW && !type->is_internal &&
           type->added - type->removed >= LEAST_COUNT && type->kept >= LEAST_BYTES &&
           type->kept >= bytes / LEAST_SHARE;
}

/* V8's own tables and code hold what a warm-up makes: they are named so. */
static bool is_of_engine(const struct heap *heap, uint32_t node)
{
    static const char *const names[] = {"system / NativeContext",
                                        "system / FunctionTemplate",
                                        "system / ObjectTemplate",
                                        "system / Feedback",
                                        "system / Map",
                                        "system / SharedFunctionInfo",
                                        "system / ScopeInfo",
                                        "system / Script",
                                        "system / Descriptor",
                                        "system / Bytecode",
                                        "system / AllocationSite",
                                        "system / WeakFixedArray"};
    if (heap->type[node] == HEAP_NODE_CODE)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (heap_names_start(&heap->names, heap->name[node], names[i]))
            return true;
    return false;
}

/* Whether something of the engine is on the way from the object of WAY to its holder, and on to the
 * object that this is an array of. */
static bool is_through_engine(const struct ways *ways, const struct objects_way *way)
{
    const struct heap *heap = ways->heap;
    uint32_t node = ways->paths.parent[way->node];
    bool is_past = false;
    for (; node != GRAPH_NONE; node = ways->paths.parent[node]) {
        if (is_of_engine(heap, node))
            return true;
        is_past |= node == way->holder;
        if (is_past && heap->type[node] != HEAP_NODE_ARRAY)
            return false;
    }
    return false;
}

void growth_judge(const struct ways *ways, struct objects_type *type)
{
    int64_t net = type->added - type->removed, piled = 0;
    for (size_t i = 0; i < type->ways.count; i++) {
        const struct objects_way *way = &type->ways.items[i];
        bool is_piled = way->held >= MANY && way->held * MANY_SHARE >= net;
        bool is_spread = way->count >= SOME_COUNT && way->count >= SOME * way->holders;
        if ((is_piled || is_spread) && !is_through_engine(ways, way))
            piled += way->count;
    }
    type->is_growing = piled * MOST_SHARE >= net;
    if (!type->is_growing)
        type->pattern = PATTERN_NOISE;
}
