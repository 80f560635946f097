/* unite.h -- Snapshots of several processes, taken at one moment, as if one process held it all.
 *
 * The workers of a cluster run the same code: their stacks fold into the same sites, and their
 * numbers add up. So all functions for one process also work for all of them together.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_UNITE_H
#define ANALYZER_STORE_UNITE_H

#include "store/store.h"

/* The epoch that each snapshot of one process closed, in order of time: ages are counted by it. */
struct unite_ladder {
    const int64_t *epochs;
    size_t count;
};

/* Snapshot number MOMENT of COUNT >= 1 processes; LADDERS has one for each. Epochs become moments.
 * Takes the stores over: store_close of the result closes them. Process id, start, host and names
 * are those of the first one. */
struct store *unite(struct store *const *stores, size_t count, const struct unite_ladder *ladders,
                    size_t moment);

#endif
