/* cells.h -- Live memory by call-tree leaf and size class (or birth): what stands for blocks that
 * are not listed one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_CELLS_H
#define ANALYZER_EXPORT_CELLS_H

#include "export/set.h"

enum cell_sort {
    CELL_SIZE_CLASS, /* WHICH is the class */
    CELL_EPOCH,      /* WHICH is the epoch of birth */
    CELL_CODE,       /* pages of JIT code */
    CELL_REST,       /* what tables of blocks, sizes and ages do not account for */
};

struct cell {
    uint32_t leaf, class;
    enum cell_sort sort;
    int64_t which, blocks, bytes;
};

struct cell_list {
    VEC(struct cell) cells; /* by leaf, class, sort, which; no two are the same in all four */
};

/* What the blocks of a stack that are listed one by one hold. */
struct listed {
    int64_t blocks, bytes;
};

/* The cells of a snapshot: by birth when BY_EPOCH, else by size. LISTED, when not NULL, is what the
 * blocks that are listed hold, by stack: only what is live beyond that becomes a cell. */
struct cell_list cells_make(const struct set_snapshot *snapshot, bool by_epoch,
                            const struct listed *listed);

#endif
