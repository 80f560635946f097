/* heap_duplicates.c -- Strings that are in the heap more than once, by DevTools' rules.
 *
 * Plain and concatenated strings count by their text; a concatenated one that V8 has flattened does
 * not count. The snapshot cuts long strings off: where it says so, length and hash count, too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_duplicates.h"

#include "base/map.h"
#include "heapsnapshot/heap_property.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PARTS 65536 /* a string that has itself as a part would have no end */
#define LONGEST    1024  /* of a concatenated string, in UTF-16; the part that passes it is whole */

struct finding {
    const struct heap *heap;
    VEC(struct heap_duplicate) groups; /* of concatenated and cut strings, by text */
    struct map by_text;
    struct sum {
        uint64_t shallow, retained;
        uint32_t count;
    } * by_name; /* of the others: their text is their name */
};

/* Where the internal edge NAME of NODE leads; GRAPH_NONE: there is none. */
static uint32_t internal_target(const struct heap *heap, uint32_t node, const char *name)
{
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++)
        if (heap_edge_type(heap, edge) == HEAP_EDGE_INTERNAL &&
            heap_names_equal(&heap->names, heap->edge_name[edge], name))
            return heap->to[edge];
    return GRAPH_NONE;
}

static bool is_empty(const struct heap *heap, uint32_t node)
{
    return heap_names_equal(&heap->names, heap->name[node], "");
}

static void add_concatenated(const struct heap *heap, uint32_t node, struct text *text)
{
    VEC(uint32_t) open = {0};
    VEC_ADD(&open, node);
    for (int left = MOST_PARTS;
         left > 0 && open.count > 0 && heap_property_length(text->bytes, text->length) < LONGEST;
         left--) {
        node = open.items[--open.count];
        if (heap->type[node] != HEAP_NODE_CONS_STRING) {
            heap_names_text(&heap->names, heap->name[node], text);
            continue;
        }
        uint32_t second = internal_target(heap, node, "second");
        uint32_t first = internal_target(heap, node, "first");
        VEC_ADD(&open, second == GRAPH_NONE ? 0 : second);
        VEC_ADD(&open, first == GRAPH_NONE ? 0 : first);
    }
    VEC_DONE(&open);
}

static bool is_flat(const struct heap *heap, uint32_t node)
{
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++) {
        uint32_t name = heap->edge_name[edge], to = heap->to[edge];
        if (heap_edge_type(heap, edge) == HEAP_EDGE_INTERNAL &&
            (heap_names_equal(&heap->names, name, "first") ||
             heap_names_equal(&heap->names, name, "second")) &&
            heap->type[to] != HEAP_NODE_CONS_STRING && is_empty(heap, to))
            return true;
    }
    return false;
}

/* The name of the node that VALUE of NODE's number NAME leads to; "" when there is none. */
static void add_number(const struct heap *heap, uint32_t node, const char *name, struct text *text)
{
    uint32_t number = internal_target(heap, node, name);
    uint32_t value = number == GRAPH_NONE ? GRAPH_NONE : internal_target(heap, number, "value");
    if (value != GRAPH_NONE)
        heap_names_text(&heap->names, heap->name[value], text);
}

/* Adds length and hash of a string that was cut off, behind a byte that no text has. */
static bool add_cut(const struct heap *heap, uint32_t node, struct text *text)
{
    struct text value = {0};
    add_number(heap, node, "truncated", &value);
    bool is_cut = value.length > 0 && strcmp(value.bytes, "true") == 0;
    text_done(&value);
    if (!is_cut)
        return false;
    text_add(text, "\xff");
    add_number(heap, node, "length", text);
    text_add(text, "\xff");
    add_number(heap, node, "hash", text);
    return true;
}

/* Counts a string whose text is not its name alone. */
static void count_text(struct finding *finding, uint32_t node, const struct text *text,
                       size_t length)
{
    bool is_new;
    size_t *group = map_add(&finding->by_text, text->bytes, text->length, &is_new);
    if (is_new) {
        struct heap_duplicate first = {.text = strndup(text->bytes, length)};
        *group = finding->groups.count;
        VEC_ADD(&finding->groups, first);
    }
    struct heap_duplicate *duplicate = &finding->groups.items[*group];
    duplicate->count++;
    duplicate->shallow += finding->heap->size[node];
    duplicate->retained += finding->heap->retained[node];
}

/* Whether the snapshot says of NODE whether it was cut off. */
static bool may_be_cut(const struct heap *heap, uint32_t node)
{
    for (uint32_t edge = heap->first[node]; edge < heap->first[node + 1]; edge++)
        if (heap_edge_type(heap, edge) == HEAP_EDGE_INTERNAL &&
            heap_names_kind(&heap->names, heap->edge_name[edge]) & HEAP_NAME_TRUNCATED)
            return true;
    return false;
}

static void count_string(struct finding *finding, uint32_t node)
{
    const struct heap *heap = finding->heap;
    bool is_plain = heap->type[node] == HEAP_NODE_STRING, is_cut = false;
    struct text text = {0};
    if (!is_plain || may_be_cut(heap, node)) {
        if (is_plain)
            heap_names_text(&heap->names, heap->name[node], &text);
        else
            add_concatenated(heap, node, &text);
        text_add(&text, ""); /* bytes, even when there is no text */
        size_t length = text.length;
        is_cut = add_cut(heap, node, &text);
        if (!is_plain || is_cut)
            count_text(finding, node, &text, length);
        text_done(&text);
    }
    if (is_plain && !is_cut) {
        struct sum *sum = &finding->by_name[heap->name[node]];
        sum->count++;
        sum->shallow += heap->size[node];
        sum->retained += heap->retained[node];
    }
}

/* Joins the strings by name with those by text, and keeps what is there twice. */
static struct heap_duplicates join(struct finding *finding)
{
    const struct heap_names *names = &finding->heap->names;
    struct heap_duplicates result = {0};
    struct text text = {0};
    for (uint32_t name = 0; name < names->count; name++) {
        const struct sum *sum = &finding->by_name[name];
        if (sum->count == 0 || (sum->count == 1 && finding->groups.count == 0))
            continue;
        heap_names_in(names, name, &text);
        const size_t *group = map_find(&finding->by_text, text.bytes, text.length);
        if (group && *group < finding->groups.count) {
            struct heap_duplicate *duplicate = &finding->groups.items[*group];
            duplicate->count += sum->count;
            duplicate->shallow += sum->shallow;
            duplicate->retained += sum->retained;
        } else if (sum->count > 1) {
            struct heap_duplicate duplicate = {strdup(text.bytes), sum->count, sum->shallow,
                                               sum->retained};
            VEC_ADD(&result.list, duplicate);
        }
    }
    for (size_t i = 0; i < finding->groups.count; i++) {
        if (finding->groups.items[i].count > 1)
            VEC_ADD(&result.list, finding->groups.items[i]);
        else
            free(finding->groups.items[i].text);
    }
    text_done(&text);
    return result;
}

static int by_retained(const void *a, const void *b)
{
    const struct heap_duplicate *x = a, *y = b;
    if (x->retained != y->retained)
        return x->retained > y->retained ? -1 : 1;
    return strcmp(x->text, y->text);
}

struct heap_duplicates heap_duplicates_find(const struct heap *heap)
{
    struct finding finding = {.heap = heap,
                              .by_name = memory_zeroed(heap->names.count, sizeof *finding.by_name)};
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        bool is_cons = heap->type[node] == HEAP_NODE_CONS_STRING;
        if (heap->size[node] > 0 && (heap->type[node] == HEAP_NODE_STRING || is_cons) &&
            !(is_cons && is_flat(heap, node)))
            count_string(&finding, node);
    }
    struct heap_duplicates result = join(&finding);
    if (result.list.count > 1)
        qsort(result.list.items, result.list.count, sizeof *result.list.items, by_retained);
    VEC_DONE(&finding.groups);
    free(finding.by_name);
    map_done(&finding.by_text);
    return result;
}

void heap_duplicates_done(struct heap_duplicates *duplicates)
{
    for (size_t i = 0; i < duplicates->list.count; i++)
        free(duplicates->list.items[i].text);
    VEC_DONE(&duplicates->list);
}
