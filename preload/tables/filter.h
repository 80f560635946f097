/* filter.h -- HOT PATH: could this block have been recorded? Asked by every free.
 *
 * When only samples are recorded, nearly every free is of an unrecorded block. A counter per hash
 * of the address shows that in a few instructions: 0 means that no recorded block has this hash.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_FILTER_H
#define TABLES_FILTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define FILTER_BITS 15
#define FILTER_FULL 255 /* a counter that came so far stays there: it no longer knows */

extern _Atomic uint8_t filter_counters[1u << FILTER_BITS];

/* Check every free: everything is recorded, or the choice is not known yet. */
extern atomic_bool filter_off;

static inline _Atomic uint8_t *filter_place(const void *block)
{
    return &filter_counters[(uintptr_t)block / 16 * 0x9e3779b97f4a7c15ull >> (64 - FILTER_BITS)];
}

/* False: the block is surely not recorded. */
static inline bool filter_lets_pass(const void *block)
{
    return atomic_load_explicit(&filter_off, memory_order_relaxed) ||
           atomic_load_explicit(filter_place(block), memory_order_relaxed) != 0;
}

/* Adds 1 or -1. The caller owns the address, as with blocks_insert and blocks_remove. */
void filter_count(const void *block, int change);

#endif
