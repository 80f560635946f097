/* tally.h -- Blocks and bytes added up under a 64-bit key: ages and sizes per stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CUT_TALLY_H
#define CUT_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally_row {
    uint64_t key; /* never UINT64_MAX, which marks a free row */
    double blocks, bytes;
};

struct tally {
    struct tally_row *rows; /* open addressing; private jemalloc */
    size_t room, used;
};

/* An empty tally needs no memory: {0}. */
void tally_done(struct tally *tally);

/* Makes room for so many rows at once; there may be more. False when there is no memory. */
bool tally_expect(struct tally *tally, size_t rows);

/* False when memory is lacking; earlier additions stay. */
bool tally_add(struct tally *tally, uint64_t key, double blocks, double bytes);

/* Begins to fetch the memory that an add of this key will want. */
void tally_prefetch(const struct tally *tally, uint64_t key);

/* Packs the rows to the front, sorted by key; nothing may be added afterwards. Returns how many. */
size_t tally_sort(struct tally *tally);

#endif
