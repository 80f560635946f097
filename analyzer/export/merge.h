/* merge.h -- The blocks of several snapshots side by side: which of them are the same block.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_MERGE_H
#define ANALYZER_EXPORT_MERGE_H

#include "export/set.h"
#include "store/block_list.h"

struct merge_cursor {
    struct block_list *rows;
    struct block block;
    bool is_open, is_here; /* the block that merge_next found is in this snapshot */
};

/* Reads all snapshots at once, by address; holds one block of each. */
struct merge {
    const struct set *set;
    size_t count; /* of snapshots, the first ones of the set */
    struct merge_cursor *cursors;
    size_t first; /* snapshot in which the block that merge_next found comes first */
};

bool merge_open(struct merge *merge, const struct set *set, size_t count, struct error *error);
void merge_close(struct merge *merge);

/* Goes to the next block; false at the end, with ERROR filled when a file is damaged. */
bool merge_next(struct merge *merge, struct error *error);

#endif
