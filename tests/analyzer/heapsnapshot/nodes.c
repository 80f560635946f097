/* nodes.c -- What the reader makes of each node of a heap snapshot, for scripts that judge it.
 *
 * nodes FILE: for each node its retained size (8 bytes), distance, size and dominator (4 each).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct error error;
    struct heap *heap = argc == 2 ? heap_open(argv[1], &error) : NULL;
    if (!heap) {
        fprintf(stderr, "%s\n", argc == 2 ? error.message : "nodes FILE");
        return 2;
    }
    for (uint32_t node = 0; node < heap->meta.nodes; node++) {
        fwrite(&heap->retained[node], sizeof heap->retained[node], 1, stdout);
        fwrite(&heap->distance[node], sizeof heap->distance[node], 1, stdout);
        fwrite(&heap->size[node], sizeof heap->size[node], 1, stdout);
        fwrite(&heap->dominators.of[node], sizeof heap->dominators.of[node], 1, stdout);
    }
    heap_close(heap);
    return 0;
}
