/* allocators.h -- Statistics of the program's allocator: table allocator.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CUT_ALLOCATORS_H
#define CUT_ALLOCATORS_H

#include <stdbool.h>
#include <stdint.h>

#include "cut/arenas.h"

#define ALLOCATORS_ROWS 256

struct allocators {
    const char *name; /* "glibc", "jemalloc", "tcmalloc", "mimalloc"; NULL: an unknown one */
    bool skipped;     /* asking would have held the program up */
    unsigned count;
    struct allocator_row {
        char statistic[40];
        uint64_t value;
    } rows[ALLOCATORS_ROWS];
};

/* Which one the program's malloc is of. */
void allocators_find(struct allocators *allocators);

/* Asks the allocator for its statistics, unless it is glibc. It takes its own locks for that. So it
 * is not asked at exit, when the owner of a lock may have ended, nor in a copy of the process, nor
 * when the last time took so long that the program would notice. Control process only. */
void allocators_ask(struct allocators *allocators);

/* The statistics of glibc, counted from its arenas without a call of it. */
#define ALLOCATORS_GLIBC "glibc"
void allocators_count_glibc(struct allocators *allocators, const struct arenas *arenas);

#endif
