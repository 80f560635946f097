/* sample.h -- The gate of sampled recording: which allocations are taken.
 *
 * Poisson sampling over bytes: the distance to the next sampled byte is exponential with mean
 * HEAPDIFF_SAMPLE, and an allocation is taken when it contains one. A block of s bytes is so taken
 * with probability 1 - exp(-s / mean), which is what estimates divide by.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECORD_SAMPLE_H
#define RECORD_SAMPLE_H

#include "options.h"
#include "record/thread.h"

/* Draws the distance to the next sampled byte; also at the birth of a thread. */
void sample_draw(struct thread *thread);

/* The probability with which a block of this size was taken: 1 when everything is recorded. */
double sample_probability(uint64_t size);

static inline bool sample_takes(struct thread *thread, size_t size)
{
    if (options.sample == 0)
        return true;
    if (__builtin_expect((thread->sample_left -= (int64_t)size) > 0, 1))
        return false;
    sample_draw(thread);
    return true;
}

#endif
