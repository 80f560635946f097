/* arenas.h -- Free memory that glibc's malloc holds: the holes between live blocks.
 *
 * They are found in our own table of live blocks, without a call of the allocator and its locks.
 * This needs a record of every block, and the sizes of chunks, which are known for glibc only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CUT_ARENAS_H
#define CUT_ARENAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/process.h"
#include "tables/blocks.h"

#define ARENAS_HEAP_SIZE ((uintptr_t)64 << 20) /* HEAP_MAX_SIZE, to which heaps are aligned */
#define ARENAS_CLASSES   48                    /* by powers of two, as in schema.sql's table hole */

struct arena {
    uintptr_t start, end;
    uintptr_t last_end; /* of the last block that was added; 0 before the first one */
    uint64_t live_blocks, live_bytes, hole_bytes, top_bytes, resident, top_resident;
    uint64_t chunk_bytes; /* of live blocks, with the bytes that malloc adds to them */
    struct arena_holes {
        uint64_t count, bytes;
    } holes[ARENAS_CLASSES];
};

struct arenas {
    struct arena *list; /* by address; private jemalloc */
    size_t count, room;
    size_t at;              /* where the last block was */
    uint64_t outside_bytes; /* of blocks in no arena: they have a mapping each */
};

/* The program break, and the 64 MiB heaps of the other arenas. Begins as {0}. False when there is
 * no memory. */
bool arenas_find(struct arenas *arenas, const struct process_maps *maps);

/* The first heap of an arena that begins in the mapping, at `from` or behind it. */
bool arenas_next_heap(const struct process_mapping *mapping, uintptr_t from, uintptr_t *start,
                      uintptr_t *end);

/* Blocks must come by rising address. A sampled one stands for WEIGHT blocks; then the holes mean
 * nothing. */
void arenas_add(struct arenas *arenas, const struct block *block, double weight);

/* After the last block: measures the memory behind it, and the resident part of each arena. */
void arenas_end(struct arenas *arenas, const struct process_maps *maps, int pagemap);
void arenas_done(struct arenas *arenas);

#endif
