/* epoch.h -- The epoch in which blocks are allocated: a counter that every snapshot raises.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_EPOCH_H
#define TABLES_EPOCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "tables/blocks.h"

extern _Atomic uint32_t epoch_current;

static inline uint32_t epoch_now(void)
{
    return atomic_load_explicit(&epoch_current, memory_order_relaxed);
}

/* Closes the current epoch and returns its number. The last epoch stays open for ever. */
static inline uint32_t epoch_close(void)
{
    uint32_t closed = epoch_now();
    if (closed < BLOCKS_EPOCH_MAX)
        atomic_store_explicit(&epoch_current, closed + 1, memory_order_relaxed);
    return closed;
}

#endif
