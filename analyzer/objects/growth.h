/* growth.h -- Which types grow from the first snapshot to the last, and how surely.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_OBJECTS_GROWTH_H
#define ANALYZER_OBJECTS_GROWTH_H

#include "heapsnapshot/heap_ids.h"
#include "objects/objects.h"
#include "objects/ways.h"

/* One snapshot while it is read. */
struct growth_side {
    struct heap *heap;
    struct heap_rows *own;  /* as DevTools' Summary has them */
    struct heap_rows *same; /* with plain objects named as in the last snapshot; may be OWN */
    struct heap_ids ids;    /* by SAME */
    uint8_t *is_moved;      /* a bit a node: it is new here, or gone later */
    uint8_t *is_topmost;    /* of those: no other of its type that moved dominates it */
    uint8_t *is_fresh;      /* a bit a node: the other side has no node of its id */
    uint64_t *moved_bytes;  /* by class: what those retain together of fresh nodes */
};

/* False with ERROR filled. INTERFACES: NULL for the last snapshot. growth_close in any case. */
bool growth_open(struct growth_side *side, const char *path,
                 const struct heap_interfaces *interfaces, struct error *error);
void growth_close(struct growth_side *side);

/* Marks what is gone of BEFORE and what is new in AFTER, and fills in the types' differences. */
void growth_compare(struct growth_side *before, struct growth_side *after, struct objects *objects);

/* SUMS[G] becomes what the nodes of group G in IS_COUNTED retain together, of what is fresh: what
 * is on both sides is no growth. */
void growth_sum_moved(const struct growth_side *side, const uint32_t *groups, uint32_t count,
                      const uint8_t *is_counted, uint64_t *sums, uint8_t *is_topmost);

/* Whether TYPE may be growing by its numbers alone; sets its pattern. */
bool growth_is_suspect(const struct objects *objects, struct objects_type *type);

/* Decides by the ways of TYPE, which is suspect, whether it grows. */
void growth_judge(const struct ways *ways, struct objects_type *type);

#endif
