/* places.c -- Files and lines of the functions in a heap snapshot.
 *
 * "locations" give script, line and column of closures, and of objects those of their constructor.
 * The script's name is that of a node: closure -> shared -> script; Node 20 calls that edge by
 * another name, and later versions of V8 put words before the name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects/places.h"

#include "base/text.h"
#include "symbols/source_maps.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPT "system / Script / "

static const uint32_t *location_at(const struct places *places, uint32_t i)
{
    return places->heap->locations + (size_t)places->sorted[i] * HEAP_LOCATION_FIELDS;
}

static int by_node(const void *a, const void *b, void *owner)
{
    const struct heap *heap = owner;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint32_t node_x = heap->locations[(size_t)x * HEAP_LOCATION_FIELDS];
    uint32_t node_y = heap->locations[(size_t)y * HEAP_LOCATION_FIELDS];
    return node_x != node_y ? (node_x < node_y ? -1 : 1) : (x > y) - (x < y);
}

struct places *places_new(const struct heap *heap, struct pool *texts)
{
    struct places *places = memory_zeroed(1, sizeof *places);
    places->heap = heap;
    places->texts = texts;
    places->maps = source_maps_new();
    places->sorted = memory_zeroed(heap->location_count, sizeof *places->sorted);
    for (uint32_t i = 0; i < heap->location_count; i++)
        places->sorted[i] = i;
    if (heap->location_count > 0)
        qsort_r(places->sorted, heap->location_count, sizeof *places->sorted, by_node,
                (void *)heap);
    return places;
}

void places_free(struct places *places)
{
    if (!places)
        return;
    source_maps_free(places->maps);
    map_done(&places->scripts);
    free(places->sorted);
    free(places);
}

/* The location of NODE; NULL: it has none. */
static const uint32_t *find_location(const struct places *places, uint32_t node)
{
    uint32_t low = 0, high = places->heap->location_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (location_at(places, middle)[HEAP_LOCATION_NODE] < node)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == places->heap->location_count || location_at(places, low)[HEAP_LOCATION_NODE] != node)
        return NULL;
    return location_at(places, low);
}

/* Where the internal edge NAME of NODE leads; GRAPH_NONE: there is none. */
static uint32_t internal_target(const struct heap *heap, uint32_t node, const char *name)
{
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
        if (heap_edge_type(heap, edge) == HEAP_EDGE_INTERNAL &&
            heap_names_equal(&heap->names, heap->edge_name[edge], name))
            return heap->to[edge];
    }
    return GRAPH_NONE;
}

/* The name of the script of closure NODE, in the heap's names; GRAPH_NONE: not known. */
static uint32_t script_of(const struct heap *heap, uint32_t node)
{
    uint32_t shared = internal_target(heap, node, "shared");
    if (shared == GRAPH_NONE)
        return GRAPH_NONE;
    uint32_t script = internal_target(heap, shared, "script");
    if (script == GRAPH_NONE)
        script = internal_target(heap, shared, "script_or_debug_info");
    if (script == GRAPH_NONE || heap_names_start(&heap->names, heap->name[script], SCRIPT))
        return script == GRAPH_NONE ? GRAPH_NONE : heap->name[script];
    if (!heap_names_start(&heap->names, heap->name[script], "system / "))
        return heap->name[script];
    uint32_t name = internal_target(heap, script, "name");
    return name == GRAPH_NONE ? GRAPH_NONE : heap->name[name];
}

static void learn_scripts(struct places *places)
{
    const struct heap *heap = places->heap;
    for (uint32_t i = 0; i < heap->location_count; i++) {
        const uint32_t *location = heap->locations + (size_t)i * HEAP_LOCATION_FIELDS;
        if (heap->type[location[HEAP_LOCATION_NODE]] != HEAP_NODE_CLOSURE)
            continue;
        bool is_new;
        size_t *name = map_add(&places->scripts, &location[HEAP_LOCATION_SCRIPT],
                               sizeof location[HEAP_LOCATION_SCRIPT], &is_new);
        if (*name != 0)
            continue;
        uint32_t script = script_of(heap, location[HEAP_LOCATION_NODE]);
        if (script != GRAPH_NONE)
            *name = (size_t)script + 1;
    }
}

/* The name of script ID, without what V8 puts before it; NULL: not known. */
static const char *script_name(struct places *places, uint32_t id)
{
    if (places->scripts.count == 0)
        learn_scripts(places);
    const size_t *name = map_find(&places->scripts, &id, sizeof id);
    if (!name || *name == 0)
        return NULL;
    struct text text = {0};
    heap_names_text(&places->heap->names, (uint32_t)*name - 1, &text);
    const char *words = text.bytes;
    words += text_starts(words, SCRIPT) ? sizeof SCRIPT - 1 : 0;
    words += text_starts(words, "file://") ? 7 : 0;
    const char *result = *words ? pool_text(places->texts, words) : NULL;
    text_done(&text);
    return result;
}

struct place places_find(struct places *places, uint32_t node)
{
    const uint32_t *location = find_location(places, node);
    struct place place = {0};
    if (!location || !(place.file = script_name(places, location[HEAP_LOCATION_SCRIPT])))
        return place;
    place.line = (int)(location[HEAP_LOCATION_LINE] & INT32_MAX) + 1;
    place.column = (int)(location[HEAP_LOCATION_COLUMN] & INT32_MAX) + 1;
    struct text function = {0};
    const struct heap *heap = places->heap;
    heap_names_text(&heap->names, heap->name[node], &function);
    struct symbol built = {function.bytes, place.file, place.line, place.column}, original;
    if (place.file[0] == '/' && source_maps_find(places->maps, &built, 0, &original) &&
        original.file)
        place =
            (struct place){pool_text(places->texts, original.file), original.line, original.column};
    text_done(&function);
    return place;
}

bool places_is_internal(const char *file)
{
    return text_starts(file, "node:") || text_starts(file, "internal/") ||
           text_starts(file, "native ") || text_starts(file, "extensions::");
}
