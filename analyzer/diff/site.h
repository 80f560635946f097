/* site.h -- A site: the first frame that is the user's own, with all stacks that lead to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_DIFF_SITE_H
#define ANALYZER_DIFF_SITE_H

#include "base/map.h"
#include "frames/frames.h"

struct site {
    enum block_kind kind;
    bool is_managed;     /* mappings of a managed heap */
    bool is_growing;     /* beyond noise */
    struct frame frame;  /* what names it */
    int64_t *live_bytes; /* per snapshot; live_blocks alike */
    int64_t *live_blocks;
    int64_t *allocations; /* ever, per snapshot; allocated_bytes alike */
    int64_t *allocated_bytes;
    int64_t survivors; /* bytes in the last snapshot born up to the first; -1: unknown */
    double variance;   /* of the growth, in bytes squared */
    int64_t growth_bytes, growth_blocks; /* last snapshot - first */
    double score;                        /* 0..1, see rank.h */
    struct frames
        *stack_frames; /* of the snapshot that holds the stack that is shown: the member */
    const struct store_stack *stack; /* that grew most */
};

/* Stacks of the same frames in different snapshots; decides which stack of a site is shown. */
struct site_member {
    size_t site;
    int64_t first_bytes, last_bytes;
    struct frames *frames;
    const struct store_stack *stack;
};

/* All sites of COUNT snapshots. */
struct site_table {
    size_t count;
    VEC(struct site) sites;
    VEC(struct site_member) members;
    struct map site_index, member_index;
    struct pool *pool;
};

void site_table_init(struct site_table *table, size_t snapshots);
void site_table_done(struct site_table *table);

/* Adds the stacks of snapshot number INDEX (0 … count-1). OLD_EPOCH: blocks born up to it count as
 * survivors when INDEX is the last snapshot; -1 when births cannot be compared. */
void site_table_add(struct site_table *table, size_t index, const struct store *store,
                    struct frames *frames, int64_t old_epoch);

/* After all snapshots were added: growth, and the stack that each site shows. */
void site_table_finish(struct site_table *table);

/* The frame that names STACK's site. */
struct frame site_frame(struct frames *frames, const struct store_stack *stack);

/* True when the stack of a mapping leads to a managed heap. */
bool site_is_managed(struct frames *frames, const struct store_stack *stack);

#endif
