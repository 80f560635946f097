/* cells.h -- Live memory by stack, size and time of allocation, for blocks that are not listed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_CELLS_H
#define ANALYZER_EXPORT_CELLS_H

#include "export/set.h"

/* Sizes in DevTools' files have 32 bits: what is larger becomes several objects. */
#define PIECE_BYTES ((int64_t)1 << 31)

enum cell_sort {
    CELL_BLOCKS, /* of a size class, an epoch of allocation, or both */
    CELL_CODE,   /* pages of JIT code */
    CELL_REST,   /* what the tables of blocks, sizes and ages do not account for */
};

#define CELL_UNKNOWN (-1)

struct cell {
    uint64_t identity; /* of the stack, among those of one process */
    uint32_t leaf, class;
    enum cell_sort sort;
    int64_t size_class, epoch; /* CELL_UNKNOWN: of any */
    size_t last;               /* snapshot of the set in which these blocks are seen last */
    int64_t blocks, bytes;
    uint64_t pieces; /* objects that it becomes in a file */
};

struct cell_list {
    VEC(struct cell) cells; /* by leaf once they are split */
};

/* What the blocks of a stack that are listed one by one hold. */
struct listed {
    int64_t blocks, bytes;
};

/* How to separate the blocks of a stack when a snapshot knows sizes and ages, but not the age of
 * each size. */
enum cells_by { CELLS_BY_SIZE, CELLS_BY_BIRTH };

/* The cells of a snapshot. LISTED, when not NULL, is what listed blocks hold, by stack: only what
 * is live beyond that becomes a cell. */
struct cell_list cells_make(const struct set_snapshot *snapshot, enum cells_by by,
                            const struct listed *listed);

/* Splits the cells of each snapshot of SET into those blocks that the next one still has and those
 * that are gone by then, as far as ages show it; orders them. */
void cells_split(struct cell_list *lists, const struct set *set);

/* Sets pieces: one, or as many as a cell is too large for one; EACH makes one of every block. */
void cells_count_pieces(struct cell_list *list, bool each);

/* The size of one of a cell's pieces. */
uint32_t cells_piece(const struct cell *cell, uint64_t index);

#endif
