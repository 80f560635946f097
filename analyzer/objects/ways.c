/* ways.c -- Groups objects by their ways to the root.
 *
 * Two ways are alike when their edges and types are. An index counts as no name, and neither does a
 * property of an object that has many: that is a dictionary's key.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects/ways.h"

#include "base/map.h"

#include <stdlib.h>

#define DICTIONARY 64 /* properties of an object that is used as a dictionary */
#define MOST_STEPS 128

static bool has_bit(const uint8_t *bits, uint32_t node)
{
    return !bits || (bits[node / 8] >> node % 8 & 1);
}

static uint64_t label_of(const void *owner, uint32_t from, uint32_t edge)
{
    const struct heap *heap = owner;
    enum heap_edge type = heap_edge_type(heap, edge);
    uint64_t name = 0;
    if (heap_edge_has_name(heap, edge) &&
        !(heap_names_kind(&heap->names, heap->edge_name[edge]) & HEAP_NAME_NUMBER))
        name = (uint64_t)heap->edge_name[edge] + 1;
    if (type == HEAP_EDGE_PROPERTY && heap->first[from + 1] - heap->first[from] > DICTIONARY)
        name = 0;
    uint32_t to = heap->to[edge];
    bool is_named = heap->type[to] == HEAP_NODE_SYNTHETIC || heap->type[to] == HEAP_NODE_HIDDEN;
    uint64_t what = is_named ? (uint64_t)heap->name[to] << 32 : heap->classes.of[to];
    return map_mix(map_mix(type + 1, name), what);
}

static uint32_t *find_holders(const struct ways *ways)
{
    uint32_t *holder = memory_zeroed(ways->heap->meta.nodes, sizeof *holder);
    for (uint32_t i = 1; i < ways->paths.count; i++) {
        uint32_t node = ways->paths.order[i], parent = ways->paths.parent[node];
        bool is_old = !ways->is_fresh || !has_bit(ways->is_fresh, parent);
        holder[node] = is_old ? parent : holder[parent];
    }
    return holder;
}

struct ways *ways_new(const struct heap *heap, const struct heap_rows *rows,
                      const uint8_t *is_fresh, struct pool *texts)
{
    struct ways *ways = memory_zeroed(1, sizeof *ways);
    *ways = (struct ways){.heap = heap, .rows = rows, .is_fresh = is_fresh, .texts = texts};
    ways->paths = paths_of(&heap->graph);
    ways->shapes = paths_shapes(&heap->graph, &ways->paths, label_of, heap);
    ways->holder = find_holders(ways);
    ways->places = places_new(heap, texts);
    return ways;
}

void ways_free(struct ways *ways)
{
    if (!ways)
        return;
    paths_done(&ways->paths);
    places_free(ways->places);
    free(ways->shapes);
    free(ways->holder);
    free(ways);
}

/* ---- Groups -------------------------------------------------------------------------------------
 */

struct held {
    size_t way;
    int64_t count;
    uint32_t node;
};

struct grouping {
    struct objects_type *type;
    struct map ways;    /* shape -> way */
    struct map holders; /* way and holder -> HELD */
    VEC(struct held) held;
};

static void add_object(const struct ways *ways, struct grouping *grouping, uint32_t node,
                       bool is_topmost)
{
    bool is_new;
    size_t *way = map_add(&grouping->ways, &ways->shapes[node], sizeof ways->shapes[node], &is_new);
    if (is_new) {
        *way = grouping->type->ways.count;
        VEC_ADD(&grouping->type->ways, (struct objects_way){0});
    }
    struct objects_way *group = &grouping->type->ways.items[*way];
    group->count++;
    group->retained += is_topmost ? (int64_t)ways->heap->retained[node] : 0;
    const uint64_t key[] = {*way, ways->holder[node]};
    size_t *held = map_add(&grouping->holders, key, sizeof key, &is_new);
    if (is_new) {
        *held = grouping->held.count;
        group->holders++;
        struct held first = {.way = *way, .node = node};
        VEC_ADD(&grouping->held, first);
    }
    grouping->held.items[*held].count++;
}

static int by_retained(const void *a, const void *b)
{
    const struct objects_way *x = a, *y = b;
    if (x->retained != y->retained)
        return x->retained > y->retained ? -1 : 1;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : (x->node > y->node) - 1;
}

void ways_add(struct ways *ways, struct objects_type *type, uint32_t class,
              const uint8_t *is_wanted, const uint8_t *is_topmost, size_t most)
{
    const struct heap *heap = ways->heap;
    struct grouping grouping = {.type = type};
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        if (heap->classes.of[node] == class && heap->size[node] > 0 && has_bit(is_wanted, node) &&
            (node == 0 || ways->paths.through[node] != GRAPH_NONE))
            add_object(ways, &grouping, node, has_bit(is_topmost, node));
    }
    for (size_t i = 0; i < grouping.held.count; i++) {
        const struct held *held = &grouping.held.items[i];
        struct objects_way *way = &type->ways.items[held->way];
        if (held->count > way->held) {
            way->held = held->count;
            way->node = held->node;
            way->holder = ways->holder[held->node];
        }
    }
    if (type->ways.count > 1)
        qsort(type->ways.items, type->ways.count, sizeof *type->ways.items, by_retained);
    type->ways.count = type->ways.count > most ? most : type->ways.count;
    for (size_t i = 0; i < type->ways.count; i++) {
        struct objects_way *way = &type->ways.items[i];
        way->steps = ways_steps(ways, way->node, &way->step_count);
    }
    map_done(&grouping.ways);
    map_done(&grouping.holders);
    VEC_DONE(&grouping.held);
}

/* ---- In words -----------------------------------------------------------------------------------
 */

static const char *edge_name(struct ways *ways, uint32_t edge)
{
    const struct heap *heap = ways->heap;
    if (!heap_edge_has_name(heap, edge))
        return pool_format(ways->texts, "%u", heap->edge_name[edge]);
    struct text text = {0};
    const char *name =
        pool_text(ways->texts, heap_names_in(&heap->names, heap->edge_name[edge], &text));
    text_done(&text);
    return name;
}

static const char *edge_type(const struct heap *heap, uint32_t edge)
{
    static const char *const names[] = {"context", "element",  "property", "internal",
                                        "hidden",  "shortcut", "weak",     "other"};
    return names[heap_edge_type(heap, edge)];
}

/* The class of NODE, or for what DevTools lists under one word the name of the node. */
static const char *type_name(struct ways *ways, uint32_t node)
{
    const struct heap *heap = ways->heap;
    uint32_t name = heap->classes.list.items[heap->classes.of[node]].name;
    if (heap->type[node] == HEAP_NODE_SYNTHETIC || heap->type[node] == HEAP_NODE_HIDDEN)
        name = heap->name[node];
    struct text text = {0};
    const char *result = pool_text(ways->texts, heap_names_in(&heap->names, name, &text));
    text_done(&text);
    return *result || node != 0 ? result : "(root)";
}

static struct objects_step step_of(struct ways *ways, uint32_t node)
{
    const struct heap *heap = ways->heap;
    struct objects_step step = {.type = type_name(ways, node)};
    if (heap->type[node] != HEAP_NODE_CLOSURE)
        return step;
    struct place place = places_find(ways->places, node);
    struct text text = {0};
    const char *function = heap_names_in(&heap->names, heap->name[node], &text);
    step.function = *function ? pool_text(ways->texts, function) : NULL;
    step.file = place.file;
    step.line = place.line;
    step.column = place.column;
    text_done(&text);
    return step;
}

/* Whether NODE, by its edge and type, only repeats its parent: a link of a chain. */
static bool is_link(const struct ways *ways, uint32_t node)
{
    return ways->shapes[node] == ways->shapes[ways->paths.parent[node]];
}

struct objects_step *ways_steps(struct ways *ways, uint32_t node, size_t *count)
{
    const uint32_t *parent = ways->paths.parent;
    VEC(struct objects_step) steps = {0};
    uint32_t before = GRAPH_NONE;
    for (; node != GRAPH_NONE && steps.count < MOST_STEPS; node = parent[node]) {
        struct objects_step step = step_of(ways, node);
        step.repeats = 1;
        for (; before != GRAPH_NONE && parent[node] != GRAPH_NONE && is_link(ways, node);
             node = parent[node])
            step.repeats++;
        if (before != GRAPH_NONE) {
            step.name = edge_name(ways, ways->paths.through[before]);
            step.edge = edge_type(ways->heap, ways->paths.through[before]);
        }
        VEC_ADD(&steps, step);
        before = node;
    }
    struct objects_step *result = pool_zeroed(ways->texts, steps.count * sizeof *result);
    for (size_t i = 0; i < steps.count; i++)
        result[i] = steps.items[i];
    *count = steps.count;
    VEC_DONE(&steps);
    return result;
}

uint32_t ways_owner(const struct ways *ways, uint32_t node)
{
    const struct heap *heap = ways->heap;
    while ((heap->type[node] == HEAP_NODE_ARRAY || heap->type[node] == HEAP_NODE_HIDDEN) &&
           ways->paths.parent[node] != GRAPH_NONE)
        node = ways->paths.parent[node];
    return node;
}

/* The file of the functions that see the variables of CONTEXT; NULL: not known. */
static const char *file_of_context(struct ways *ways, uint32_t context)
{
    const struct heap *heap = ways->heap;
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        if (heap->type[node] != HEAP_NODE_CLOSURE)
            continue;
        for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
            if (heap->to[edge] != context || heap_edge_type(heap, edge) != HEAP_EDGE_INTERNAL)
                continue;
            struct place place = places_find(ways->places, node);
            if (place.file)
                return place.file;
        }
    }
    return NULL;
}

void ways_name(struct ways *ways, uint32_t node, struct objects_collection *collection)
{
    const struct heap *heap = ways->heap;
    const struct paths *paths = &ways->paths;
    struct place internal = {0};
    collection->type = type_name(ways, node);
    for (uint32_t at = node; paths->parent[at] != GRAPH_NONE && !collection->name;
         at = paths->parent[at]) {
        enum heap_edge type = heap_edge_type(heap, paths->through[at]);
        if (type == HEAP_EDGE_CONTEXT || type == HEAP_EDGE_PROPERTY)
            collection->name = edge_name(ways, paths->through[at]);
        else if (heap->type[paths->parent[at]] == HEAP_NODE_CLOSURE)
            break;
    }
    for (uint32_t at = node; at != GRAPH_NONE && !collection->file; at = paths->parent[at]) {
        bool is_closure = heap->type[at] == HEAP_NODE_CLOSURE;
        struct place place = is_closure ? places_find(ways->places, at) : (struct place){0};
        if (place.file && places_is_internal(place.file) && !internal.file) {
            internal = place;
        } else if (place.file && !places_is_internal(place.file)) {
            collection->file = place.file;
            collection->line = place.line;
        }
    }
    if (!collection->file && internal.file) {
        collection->file = internal.file;
        collection->line = internal.line;
    }
    for (uint32_t at = node; at != GRAPH_NONE && !collection->file; at = paths->parent[at])
        if (heap_names_kind(&heap->names, heap->name[at]) & HEAP_NAME_CONTEXT)
            collection->file = file_of_context(ways, at);
}

int64_t ways_count_below(const struct ways *ways, uint32_t class, uint32_t node)
{
    const struct heap *heap = ways->heap;
    uint8_t *is_below = memory_zeroed(heap->meta.nodes, 1);
    int64_t count = 0;
    is_below[node] = 1;
    for (uint32_t i = 1; i < ways->paths.count; i++) {
        uint32_t at = ways->paths.order[i];
        is_below[at] |= is_below[ways->paths.parent[at]];
        count += is_below[at] && at != node && heap->classes.of[at] == class && heap->size[at] > 0;
    }
    free(is_below);
    return count;
}
