/* cut.h -- A cut through the tables: the live state at one moment, copied while the program runs.
 *
 * No thread is stopped: each block is seen as it was at some moment during the cut. Counters are
 * read after the blocks, so that a stack has at least as many allocations as live blocks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CUT_CUT_H
#define CUT_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cut/allocators.h"
#include "cut/arenas.h"
#include "cut/tally.h"
#include "format/schema.h"
#include "kernel/identity.h"
#include "kernel/process.h"
#include "tables/blocks.h"
#include "tables/maps.h"
#include "tables/stacks.h"

struct cut_stack {
    double live_blocks, live_bytes, variance;
    uint64_t allocations, allocated_bytes;
    uint8_t kind; /* enum block_kind; a malloc stack may have turned out to be a buffer's */
};

/* An address range with a known owner: a row of table region. */
struct cut_region {
    uintptr_t start, end;
    enum rss_owner owner;
    uint32_t stack, epoch;
    bool reserved; /* made without access */
    uint64_t resident;
};

struct cut {
    uint32_t epoch;           /* the one that was closed */
    struct cut_stack *stacks; /* by stack id; [0] is unused */
    uint32_t stack_count;     /* ids run to stack_count */
    struct tally tally;       /* of blocks by stack, epoch and class of size; see below */
    bool with_blocks;         /* the list of blocks was asked for; see block_rows.h */
    struct identity identity;
    struct allocators allocators;
    struct arenas arenas; /* none when recording is sampled, or the allocator not glibc's */
    int pagemap;          /* of the process, also in a copy of it */
    struct process_maps maps;
    struct cut_region *regions; /* sorted by address, not overlapping */
    size_t region_count, region_room;
    uint64_t rss[OWNER_COUNT]; /* adds up to maps.rss */
    double live_bytes, live_blocks;
    uint64_t begun_ns, duration_ns; /* monotonic; how long it took */
};

/* Keys of the tally: rows of one stack are neighbours when it is sorted. Class n is of sizes from
 * 2^n up to, not including, 2^(n+1); 0 is of 0 and 1. */
#define CUT_CLASS_BITS 6
#define CUT_CLASSES    (1u << CUT_CLASS_BITS)
#define CUT_KEY(stack, epoch, class)                                                               \
    (((uint64_t)(stack) << BLOCKS_EPOCH_BITS | (epoch)) << CUT_CLASS_BITS | (class))
#define CUT_KEY_STACK(key) ((key) >> (BLOCKS_EPOCH_BITS + CUT_CLASS_BITS))
#define CUT_KEY_EPOCH(key) ((key) >> CUT_CLASS_BITS & BLOCKS_EPOCH_MAX)
#define CUT_KEY_CLASS(key) ((key) & (CUT_CLASSES - 1))

/* First half: closes the epoch and asks the kernel about this process. The cut must be given to
 * cut_done in any case. 0 or an errno. Control process only. */
int cut_begin(struct cut *cut);

/* Second half: finds the live blocks and the owners of memory. Here, or in a copy of the process. 0
 * or an errno. */
int cut_finish(struct cut *cut);
void cut_done(struct cut *cut);

/* The stack of an id, after cut_finish; NULL when nothing was allocated there: it is not written.
 */
const struct stack *cut_stack(const struct cut *cut, uint32_t id);

/* The last part of cut_finish: finds the owners of resident memory. */
int cut_attribute(struct cut *cut, const bool *mapping_has_blocks);

#endif
