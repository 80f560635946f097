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

#include <stdint.h>

/* The distance to the next sampled byte: the value of the gate record_left after a sampled
 * allocation, and at the start of a thread. 0 when everything is recorded. */
int64_t sample_distance(uint64_t *random);

/* In a sampled recording a thread counts an allocation of a stack as so many, times its weight. A
 * weight is no whole number: rounded, it would be wrong by up to 30 % where sizes are near the
 * mean, and always in the same direction. */
#define SAMPLE_UNITS 256

/* The number of allocations that a counter of a stack, or of a thread's stack, stands for. */
uint64_t sample_allocations(uint64_t counted);

/* The probability with which a block of this size was taken: 1 when everything is recorded. */
double sample_probability(uint64_t size);

#endif
