/* numbers.h -- The ids of objects: the same only for what is live in two snapshots.
 *
 * DevTools compares snapshots by these ids. Those of objects are odd and grow with the time of
 * allocation: by the snapshot in which an object comes first, then by its epoch. A listed block is
 * known by process, address and epoch. A cell is known by its place and all that it holds: one that
 * changed is a new object and the old one is gone, so that sizes stay right. Ids of frames are
 * even.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_NUMBERS_H
#define ANALYZER_EXPORT_NUMBERS_H

#include "export/cells.h"
#include "export/merge.h"

/* Blocks allocated after this many snapshots share one epoch. */
#define NUMBERS_EPOCHS 4096

struct numbers_snapshot {
    struct cell_list cells;
    uint32_t *cell_numbers; /* of a cell's first piece; the others follow */
    uint64_t cell_pieces;   /* of all cells */
    struct listed *listed;  /* by stack; NULL when blocks are not listed */
    uint64_t *pieces;       /* of the listed blocks, by stack */
    uint64_t listed_pieces;
    int64_t bytes;    /* of cells and listed blocks */
    uint64_t *births; /* of blocks that come first here, by epoch: the first number */
    uint32_t first;   /* number of the first object that was allocated in a known epoch */
    uint64_t *ends;   /* by epoch: one past the last number given up to it */
};

struct numbers {
    size_t count;
    struct numbers_snapshot *snapshots;
};

/* How the objects of a set are made. */
struct numbers_options {
    bool blocks;         /* of listed blocks, one by one; else as cells */
    int64_t most_blocks; /* of one snapshot, with EACH */
    bool each;           /* cells become as many objects as they hold blocks, of their mean size */
    enum cells_by by;
};

/* Numbers the objects of a set. False with ERROR filled when a file is damaged or holds too many.
 */
bool numbers_make(struct numbers *numbers, const struct set *set,
                  const struct numbers_options *options, struct error *error);
void numbers_done(struct numbers *numbers);

/* Objects that a listed block takes, and the size of one of them. */
uint64_t numbers_pieces(int64_t bytes);
uint32_t numbers_piece(int64_t bytes, uint64_t index);

/* NUMBERS_EPOCHS - 1 or less. */
size_t numbers_epoch(int64_t epoch);

/* The odd id of object NUMBER, and the even one of node INDEX of the tree. */
static inline uint32_t numbers_object_id(uint32_t number)
{
    return 2 * number + 5; /* 1 and 3 are the roots' */
}
static inline uint32_t numbers_frame_id(uint32_t index)
{
    return 2 * index + 2;
}

#endif
