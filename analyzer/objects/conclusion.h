/* conclusion.h -- What the comparison of heap snapshots comes to: collections, sums, the verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_OBJECTS_CONCLUSION_H
#define ANALYZER_OBJECTS_CONCLUSION_H

#include "objects/growth.h"
#include "objects/objects.h"
#include "objects/ways.h"

/* Names what the growing types are kept in, and counts what was and is in it. WAYS: of LAST. */
void conclusion_name_collections(struct objects *objects, struct ways *ways,
                                 const struct growth_side *first, const struct growth_side *last);

/* What the growing types retain more than before, each byte once. */
void conclusion_sum(struct objects *objects, const struct growth_side *first,
                    const struct growth_side *last);

/* Finds the growing types, the first COUNT, whose objects are parts of others'. */
void conclusion_find_parts(struct objects *objects, size_t count);

/* Fills in of which rank those are. */
void conclusion_rank_parts(struct objects *objects);

/* The sentence. */
void conclusion_reach(struct objects *objects);

#endif
