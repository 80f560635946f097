/* heap_shapes.c -- Finds the shapes of plain objects, and the interfaces that they suggest.
 *
 * DevTools looks at each object; here it is done once a shape, as all objects of one are alike.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_shapes.h"

#include "base/map.h"
#include "heapsnapshot/heap.h"
#include "heapsnapshot/heap_property.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME 120 /* in UTF-16, as JavaScript counts; the first property always fits */
#define LEAST_COUNT  2
#define LEAST_SHARE  1000 /* one object in so many must suggest an interface */

static bool is_plain(const struct heap *heap, uint32_t node)
{
    return heap->type[node] == HEAP_NODE_OBJECT &&
           heap_names_kind(&heap->names, heap->name[node]) & HEAP_NAME_OBJECT;
}

struct shape_key {
    uint64_t a, b; /* two hashes: a chance of 2^-64 a pair of shapes to be taken for one */
    uint64_t count;
};

static struct shape_key key_of(const struct heap *heap, uint32_t node)
{
    struct shape_key key = {.a = 1, .b = 2};
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
        if (heap_edge_type(heap, edge) != HEAP_EDGE_PROPERTY)
            continue;
        key.a = map_mix(key.a, heap->edge_name[edge]);
        key.b = map_mix(heap->edge_name[edge], key.b);
        key.count++;
    }
    return key;
}

void heap_shapes_find(struct heap *heap)
{
    struct heap_shapes *shapes = &heap->shapes;
    struct map map = {0};
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        if (!is_plain(heap, node))
            continue;
        struct shape_key key = key_of(heap, node);
        bool is_new;
        size_t *shape = map_add(&map, &key, sizeof key, &is_new);
        if (is_new) {
            *shape = shapes->list.count;
            VEC_ADD(&shapes->list, (struct heap_shape){.node = node});
        }
        shapes->list.items[*shape].count++;
        struct heap_plain object = {.node = node, .shape = (uint32_t)*shape};
        VEC_ADD(&shapes->objects, object);
    }
    map_done(&map);
}

void heap_shapes_done(struct heap_shapes *shapes)
{
    VEC_DONE(&shapes->list);
    VEC_DONE(&shapes->objects);
}

/* ---- Interfaces ---------------------------------------------------------------------------------
 */

static void interface_done(struct heap_interface *interface)
{
    free(interface->name);
    for (size_t i = 0; i < interface->properties.count; i++)
        free(interface->properties.items[i]);
    VEC_DONE(&interface->properties);
}

void heap_interfaces_done(struct heap_interfaces *interfaces)
{
    for (size_t i = 0; i < interfaces->list.count; i++)
        interface_done(&interfaces->list.items[i]);
    VEC_DONE(&interfaces->list);
}

/* The interface that the object NODE suggests: its first properties, as far as the name goes.
 * Without a property, there is none: no name. */
static struct heap_interface suggestion_of(const struct heap *heap, uint32_t node)
{
    struct heap_interface result = {0};
    struct text name = {0}, property = {0}, formatted = {0};
    size_t length = 1;
    text_add(&name, "{");
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
        uint32_t index = heap->edge_name[edge];
        if (heap_edge_type(heap, edge) != HEAP_EDGE_PROPERTY ||
            heap_names_kind(&heap->names, index) & HEAP_NAME_PROTO)
            continue;
        formatted.length = 0;
        heap_names_in(&heap->names, index, &property);
        size_t more = heap_property_format(property.bytes, &formatted);
        if (length > 1 && length + more > LONGEST_NAME)
            break;
        text_add(&name, length > 1 ? ", " : "");
        length += (length > 1 ? 2 : 0) + more;
        text_add_n(&name, formatted.bytes, formatted.length);
        VEC_ADD(&result.properties, strdup(property.bytes));
    }
    text_add(&name, "}");
    if (result.properties.count > 0)
        result.name = strdup(name.bytes);
    text_done(&name);
    text_done(&property);
    text_done(&formatted);
    return result;
}

struct candidate {
    struct heap_interface interface;
    uint32_t count;
    size_t order; /* of its first object */
};

static int by_count(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

struct heap_interfaces heap_shapes_suggest(const struct heap *heap)
{
    struct heap_interfaces result = {0};
    VEC(struct candidate) candidates = {0};
    struct map map = {0};
    for (size_t i = 0; i < heap->shapes.list.count; i++) {
        const struct heap_shape *shape = &heap->shapes.list.items[i];
        struct candidate candidate = {suggestion_of(heap, shape->node), shape->count, i};
        bool is_new = false;
        size_t *known = NULL;
        if (candidate.interface.name)
            known =
                map_add(&map, candidate.interface.name, strlen(candidate.interface.name), &is_new);
        if (is_new) {
            *known = candidates.count;
            VEC_ADD(&candidates, candidate);
            continue;
        }
        if (known && *known < candidates.count)
            candidates.items[*known].count += candidate.count;
        interface_done(&candidate.interface);
    }
    if (candidates.count > 0)
        qsort(candidates.items, candidates.count, sizeof *candidates.items, by_count);
    for (size_t i = 0; i < candidates.count; i++) {
        struct candidate *candidate = &candidates.items[i];
        if (candidate->count >= LEAST_COUNT &&
            (uint64_t)candidate->count * LEAST_SHARE >= heap->shapes.objects.count)
            VEC_ADD(&result.list, candidate->interface);
        else
            interface_done(&candidate->interface);
    }
    VEC_DONE(&candidates);
    map_done(&map);
    return result;
}

/* ---- Matching -----------------------------------------------------------------------------------
 * An interface is a multiset of properties: the second `a` of an object answers the second `a` of
 * an interface. So each (property, how manieth) is a token of its own, and an interface fits when
 * all of its tokens were met.
 */

struct matching {
    const struct heap *heap;
    const struct heap_interfaces *interfaces;
    struct map properties; /* text -> number */
    struct map tokens;     /* (number, how manieth) -> index in WANTED */
    struct wanted *wanted; /* by token: the interfaces that have it */
    size_t wanted_count;
    uint32_t *property_of; /* by name: its number plus 2; 1: in no interface; 0: not looked up */
    uint32_t *hits;        /* by interface */
    uint32_t *seen;        /* by property: how often this object has it */
};

struct wanted {
    VEC(uint32_t) interfaces;
};

static uint64_t token_key(size_t property, uint32_t count)
{
    return (uint64_t)property << 32 | count;
}

static void add_token(struct matching *matching, size_t property, uint32_t count, uint32_t number)
{
    uint64_t key = token_key(property, count);
    bool is_new;
    size_t *token = map_add(&matching->tokens, &key, sizeof key, &is_new);
    if (is_new) {
        *token = matching->wanted_count++;
        matching->wanted =
            memory_resize(matching->wanted, matching->wanted_count, sizeof *matching->wanted);
        matching->wanted[*token] = (struct wanted){0};
    }
    VEC_ADD(&matching->wanted[*token].interfaces, number);
}

static void add_interface(struct matching *matching, uint32_t number)
{
    const struct heap_interface *interface = &matching->interfaces->list.items[number];
    for (size_t i = 0; i < interface->properties.count; i++) {
        const char *property = interface->properties.items[i];
        uint32_t before = 0;
        bool is_new;
        for (size_t k = 0; k < i; k++)
            before += strcmp(interface->properties.items[k], property) == 0;
        size_t *index = map_add(&matching->properties, property, strlen(property), &is_new);
        if (is_new)
            *index = matching->properties.count - 1;
        add_token(matching, *index, before, number);
    }
}

/* The number of name INDEX as a property of interfaces; UINT32_MAX: it is in none. */
static uint32_t property_of(struct matching *matching, uint32_t index, struct text *text)
{
    uint32_t *known = &matching->property_of[index];
    if (*known == 0) {
        const char *name = heap_names_in(&matching->heap->names, index, text);
        const size_t *number = map_find(&matching->properties, name, text->length);
        *known = number ? (uint32_t)*number + 2 : 1;
    }
    return *known - 2; /* 1 becomes UINT32_MAX */
}

/* Whether interface A is the better match than B, both of which fit. */
static bool is_better(const struct matching *matching, uint32_t a, uint32_t b)
{
    if (b == UINT32_MAX)
        return true;
    size_t of_a = matching->interfaces->list.items[a].properties.count;
    size_t of_b = matching->interfaces->list.items[b].properties.count;
    return of_a != of_b ? of_a > of_b : a < b;
}

/* ROUND +1 counts the object's properties and finds the best interface, -1 takes the counts back.
 */
static uint32_t count_properties(struct matching *matching, uint32_t node, int round)
{
    const struct heap *heap = matching->heap;
    uint32_t best = UINT32_MAX;
    struct text text = {0};
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
        if (heap_edge_type(heap, edge) != HEAP_EDGE_PROPERTY)
            continue;
        uint32_t property = property_of(matching, heap->edge_name[edge], &text);
        if (property == UINT32_MAX)
            continue;
        uint32_t before = round > 0 ? matching->seen[property]++ : --matching->seen[property];
        uint64_t key = token_key(property, before);
        const size_t *token = map_find(&matching->tokens, &key, sizeof key);
        if (!token || *token >= matching->wanted_count)
            continue;
        const struct wanted *wanted = &matching->wanted[*token];
        for (size_t i = 0; i < wanted->interfaces.count; i++) {
            uint32_t number = wanted->interfaces.items[i];
            matching->hits[number] += (uint32_t)round;
            if (matching->hits[number] ==
                    matching->interfaces->list.items[number].properties.count &&
                is_better(matching, number, best))
                best = number;
        }
    }
    text_done(&text);
    return best;
}

uint32_t *heap_shapes_match(const struct heap *heap, const struct heap_interfaces *interfaces)
{
    size_t count = heap->shapes.list.count;
    size_t names = heap->names.count + heap->names.added.count;
    struct matching matching = {.heap = heap, .interfaces = interfaces};
    uint32_t *result = memory_resize(NULL, count, sizeof *result);
    matching.property_of = memory_zeroed(names, sizeof *matching.property_of);
    matching.hits = memory_zeroed(interfaces->list.count, sizeof *matching.hits);
    for (size_t i = 0; i < interfaces->list.count; i++)
        add_interface(&matching, (uint32_t)i);
    matching.seen = memory_zeroed(matching.properties.count, sizeof *matching.seen);
    for (size_t i = 0; i < count; i++) {
        uint32_t node = heap->shapes.list.items[i].node;
        result[i] = count_properties(&matching, node, 1);
        count_properties(&matching, node, -1);
    }
    for (size_t i = 0; i < matching.wanted_count; i++)
        VEC_DONE(&matching.wanted[i].interfaces);
    free(matching.wanted);
    free(matching.property_of);
    free(matching.hits);
    free(matching.seen);
    map_done(&matching.properties);
    map_done(&matching.tokens);
    return result;
}
