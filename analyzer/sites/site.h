/* site.h -- A site: the first frame that is the user's own, with all stacks that lead to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SITES_SITE_H
#define ANALYZER_SITES_SITE_H

#include "base/map.h"
#include "base/text.h"
#include "frames/frames.h"
#include "judge/rank.h"

/* Counters of a stack or a site in one snapshot. */
struct site_numbers {
    int64_t live_bytes, live_blocks;
    int64_t allocations, allocated_bytes; /* ever */
};

struct site {
    enum block_kind kind;
    bool is_managed;          /* mappings of a managed heap */
    enum rules_shared shared; /* of a pool, or of a compiler at work; see frames/shared.h */
    struct frame frame;       /* what names it */
    int64_t *live_bytes;      /* per snapshot; live_blocks alike */
    int64_t *live_blocks;
    int64_t *allocations; /* ever, per snapshot; allocated_bytes alike */
    int64_t *allocated_bytes;
    int64_t old_bytes,
        old_blocks;    /* allocated up to the first snapshot, live in the last; -1: unknown */
    int64_t survivors; /* bytes allocated after the first, before the last but one, live in the
                          last; -1: unknown */
    /* Freed by collections that snapshots asked for, the first left out. */
    int64_t collected_bytes, collected_blocks;
    double first_variance, last_variance; /* of live bytes, by sampling, in bytes squared */
    bool in_first, in_last;               /* whether the snapshot knows the site at all */
    bool is_merged;                       /* into the site that it is called now; not to be shown */
    int64_t growth_bytes, growth_blocks;  /* last snapshot - first */
    double deviation;                     /* of growth_bytes, by sampling */
    struct rank rank;
    double score;              /* 0..1, see rank.h */
    const struct site *leader; /* the listed site of the same place, of another kind of blocks, that
                                  ranks before this one: both are one row; NULL: a row of its own */
    struct frames
        *stack_frames; /* of the snapshot that holds the stack that is shown: the member */
    const struct store_stack *stack; /* that grew most */
};

/* Stacks of the same frames in the first and the last snapshot. */
struct site_member {
    size_t site;
    uint64_t identity; /* see frames_identity */
    struct site_numbers first, last;
    int64_t survivors; /* as in struct site, 0 when unknown */
    struct frames *frames;
    const struct store_stack *stack;
};

/* All sites of COUNT snapshots. */
struct site_table {
    size_t count;
    int64_t old_epoch;   /* that the first snapshot closed; -1: ages cannot be compared */
    int64_t young_epoch; /* that the last but one closed; -1 likewise, or only two snapshots */
    bool without_js;     /* leave stacks of KIND_JS out: the first or the last snapshot has none */
    VEC(struct site) sites;
    VEC(struct site_member) members;
    struct map site_index, member_index;
    VEC(size_t) hints; /* by position in the snapshot before: index + 1 of the member */
    struct pool *pool;
};

void site_table_init(struct site_table *table, size_t snapshots);
void site_table_done(struct site_table *table);
/* Empty again, for the same snapshots. */
void site_table_clear(struct site_table *table);

/* Adds the stacks of snapshot number INDEX (0 … count-1). The last and the first must be added
 * before those between: what neither of them knows is no site. STORE and FRAMES of the last and the
 * first are borrowed for the table's life, the others' are not. */
void site_table_add(struct site_table *table, size_t index, const struct store *store,
                    struct frames *frames);

/* A snapshot between that knows nothing of JavaScript's objects: as many as in the one before it.
 * In order of the snapshots, after all were added. */
void site_table_fill_js(struct site_table *table, size_t index);

/* After all snapshots were added: growth, and the stack that each site shows. */
void site_table_finish(struct site_table *table);

/* Adds what STACK has in its snapshot. */
void site_add_numbers(struct site_numbers *numbers, const struct store_stack *stack);

/* Adds the key of SITE's place: sites of one place differ in kind alone. */
void site_place(const struct site *site, struct text *key);

/* "malloc", "buffer", …, "pool-slab": the kind in JSON. */
const char *site_kind_name(const struct site *site);

/* The frame that names STACK's site. */
struct frame site_frame(struct frames *frames, const struct store_stack *stack);

#endif
