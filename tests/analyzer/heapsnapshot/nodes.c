/* nodes.c -- What the reader makes of a heap snapshot beyond the command's output, for scripts.
 *
 * nodes FILE: for each node its retained size (8 bytes), distance, size and dominator (4 each).
 * nodes FILE strings: for each string that repeats its count, shallow and retained size.
 * nodes FILE fields: for each dead field its name and what it retains.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_contexts.h"
#include "heapsnapshot/heap_duplicates.h"

#include <stdio.h>
#include <string.h>

static void write_nodes(const struct heap *heap)
{
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        fwrite(&heap->retained[node], sizeof heap->retained[node], 1, stdout);
        fwrite(&heap->distance[node], sizeof heap->distance[node], 1, stdout);
        fwrite(&heap->size[node], sizeof heap->size[node], 1, stdout);
        fwrite(&heap->dominators.of[node], sizeof heap->dominators.of[node], 1, stdout);
    }
}

static void print_strings(const struct heap *heap)
{
    struct heap_duplicates duplicates = heap_duplicates_find(heap);
    for (size_t i = 0; i < duplicates.list.count; i++) {
        const struct heap_duplicate *one = &duplicates.list.items[i];
        printf("%u %llu %llu\n", one->count, (unsigned long long)one->shallow,
               (unsigned long long)one->retained);
    }
    heap_duplicates_done(&duplicates);
}

static bool print_fields(const struct heap *heap, struct error *error)
{
    struct heap_dead_fields fields;
    struct text name = {0};
    bool good = heap_contexts_find(heap, &fields, error);
    for (size_t i = 0; i < fields.list.count; i++) {
        const struct heap_dead_field *field = &fields.list.items[i];
        printf("%s %llu\n", heap_names_in(&heap->names, field->name, &name),
               (unsigned long long)heap->retained[field->value]);
    }
    text_done(&name);
    heap_contexts_done(&fields);
    return good;
}

int main(int argc, char **argv)
{
    struct error error = {.message = "nodes FILE [strings|fields]"};
    struct heap *heap = argc >= 2 ? heap_open(argv[1], &error) : NULL;
    bool good = heap != NULL;
    if (good && argc == 2)
        write_nodes(heap);
    else if (good && strcmp(argv[2], "strings") == 0)
        print_strings(heap);
    else if (good)
        good = print_fields(heap, &error);
    if (!good)
        fprintf(stderr, "%s\n", error.message);
    heap_close(heap);
    return good ? 0 : 2;
}
