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

#define LONGEST 1024 /* of a concatenated string, in UTF-16; the part that passes it is whole */

struct finding {
    const struct heap *heap;
    struct heap_duplicates groups; /* also of strings that are there once */
    struct map by_text;
    uint32_t *by_name; /* group of a plain string, plus 1: most names are looked up often */
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
    while (open.count > 0 && heap_property_length(text->bytes, text->length) < LONGEST) {
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

static void count_string(struct finding *finding, uint32_t node)
{
    const struct heap *heap = finding->heap;
    uint32_t name = heap->name[node];
    bool is_plain = heap->type[node] == HEAP_NODE_STRING, is_cut = false;
    size_t group = is_plain ? finding->by_name[name] : 0;
    if (group == 0 || heap->first[node + 1] > heap->first[node]) {
        struct text text = {0};
        if (is_plain)
            heap_names_text(&heap->names, name, &text);
        else
            add_concatenated(heap, node, &text);
        size_t length = text.length;
        is_cut = add_cut(heap, node, &text);
        bool is_new;
        size_t *known = map_add(&finding->by_text, text.bytes, text.length, &is_new);
        if (is_new) {
            struct heap_duplicate first = {.text = strndup(text.bytes, length)};
            VEC_ADD(&finding->groups.list, first);
            *known = finding->groups.list.count;
        }
        group = *known;
        if (is_plain && !is_cut)
            finding->by_name[name] = (uint32_t)group;
        text_done(&text);
    }
    struct heap_duplicate *duplicate = &finding->groups.list.items[group - 1];
    duplicate->count++;
    duplicate->shallow += heap->size[node];
    duplicate->retained += heap->retained[node];
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
    struct finding finding = {
        .heap = heap,
        .by_name = memory_zeroed(heap->names.count + heap->names.added.count, sizeof(uint32_t))};
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        bool is_cons = heap->type[node] == HEAP_NODE_CONS_STRING;
        if (heap->size[node] > 0 && (heap->type[node] == HEAP_NODE_STRING || is_cons) &&
            !(is_cons && is_flat(heap, node)))
            count_string(&finding, node);
    }
    struct heap_duplicates *groups = &finding.groups;
    size_t kept = 0;
    for (size_t i = 0; i < groups->list.count; i++) {
        if (groups->list.items[i].count > 1)
            groups->list.items[kept++] = groups->list.items[i];
        else
            free(groups->list.items[i].text);
    }
    groups->list.count = kept;
    if (kept > 1)
        qsort(groups->list.items, kept, sizeof *groups->list.items, by_retained);
    free(finding.by_name);
    map_done(&finding.by_text);
    return finding.groups;
}

void heap_duplicates_done(struct heap_duplicates *duplicates)
{
    for (size_t i = 0; i < duplicates->list.count; i++)
        free(duplicates->list.items[i].text);
    VEC_DONE(&duplicates->list);
}
