/* ranges.h -- Address ranges, each with a number, searched by address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_RANGES_H
#define ANALYZER_SYMBOLS_RANGES_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct range {
    uint64_t start, end; /* end: one past the last address */
    uint64_t reach;      /* the highest end so far: how far back a search must look */
    size_t value;
};

/* Zero-initialise it; ranges_done gives it back. */
struct ranges {
    VEC(struct range) rows;
    bool is_sorted;
};

void ranges_done(struct ranges *ranges);
void ranges_add(struct ranges *ranges, uint64_t start, uint64_t end, size_t value);

/* The value of the range around ADDRESS that starts nearest to it, the lowest one if there are
 * several. */
bool ranges_find(struct ranges *ranges, uint64_t address, size_t *value);

#endif
