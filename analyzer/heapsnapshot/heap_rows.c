/* heap_rows.c -- Sums over the objects of each class.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_rows.h"

#include <stdlib.h>
#include <string.h>

static void sum_objects(const struct heap *heap, struct heap_rows *rows)
{
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        uint32_t class = heap->classes.of[node];
        if (heap->size[node] == 0)
            continue;
        if (rows->of_class[class] == GRAPH_NONE) {
            rows->of_class[class] = (uint32_t)rows->list.count;
            struct heap_row row = {.class = class, .distance = heap->distance[node]};
            VEC_ADD(&rows->list, row);
        }
        struct heap_row *row = &rows->list.items[rows->of_class[class]];
        row->count++;
        row->shallow += heap->size[node];
        if (heap->distance[node] < row->distance)
            row->distance = heap->distance[node];
    }
}

static void sum_retained(const struct heap *heap, struct heap_rows *rows)
{
    uint32_t count = (uint32_t)heap->classes.list.count;
    uint64_t *sums = memory_zeroed(count, sizeof *sums);
    dominators_sum_groups(&heap->dominators, heap->classes.of, count, heap->size, heap->retained,
                          sums, NULL);
    for (size_t i = 0; i < rows->list.count; i++)
        rows->list.items[i].retained = sums[rows->list.items[i].class];
    free(sums);
}

/* Of rows with the same key, the last one stays, as in DevTools. */
static void name_rows(const struct heap *heap, struct heap_rows *rows)
{
    struct text key = {0};
    size_t kept = 0;
    for (size_t i = 0; i < rows->list.count; i++) {
        struct heap_row row = rows->list.items[i];
        bool is_new;
        key.length = 0;
        heap_classes_key(heap, row.class, &key);
        size_t *known = map_add(&rows->by_key, key.bytes, key.length, &is_new);
        if (is_new)
            *known = kept++;
        else
            rows->of_class[rows->list.items[*known].class] = GRAPH_NONE;
        row.key = pool_text(rows->texts, key.bytes);
        key.length = 0;
        heap_names_text(&heap->names, heap->classes.list.items[row.class].name, &key);
        row.name = pool_text(rows->texts, key.bytes);
        rows->of_class[row.class] = (uint32_t)*known;
        rows->list.items[*known] = row;
    }
    rows->list.count = kept;
    text_done(&key);
}

struct heap_rows *heap_rows_of(const struct heap *heap)
{
    struct heap_rows *rows = memory_zeroed(1, sizeof *rows);
    size_t classes = heap->classes.list.count;
    rows->texts = pool_new();
    rows->of_class = memory_resize(NULL, classes, sizeof *rows->of_class);
    memset(rows->of_class, 0xff, classes * sizeof *rows->of_class);
    sum_objects(heap, rows);
    sum_retained(heap, rows);
    name_rows(heap, rows);
    return rows;
}

void heap_rows_free(struct heap_rows *rows)
{
    if (!rows)
        return;
    VEC_DONE(&rows->list);
    free(rows->of_class);
    map_done(&rows->by_key);
    pool_free(rows->texts);
    free(rows);
}

const struct heap_row *heap_rows_find(const struct heap_rows *rows, const char *key)
{
    const size_t *index = map_find(&rows->by_key, key, strlen(key));
    return index ? &rows->list.items[*index] : NULL;
}
