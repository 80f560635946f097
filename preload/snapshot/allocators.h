/* allocators.h -- What the program's allocator says of itself: table allocator.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SNAPSHOT_ALLOCATORS_H
#define SNAPSHOT_ALLOCATORS_H

#include <stdbool.h>
#include <stdint.h>

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

/* Asks it. It takes its own locks for that: never at exit, when their owner may be gone for ever,
 * nor in a copy of the process, nor when glibc has so many free chunks (0: not known) to walk
 * through, or has been so slow the last time, that the program would notice. Control thread only.
 */
void allocators_ask(struct allocators *allocators, uint64_t free_chunks);

#endif
