/* filter.c -- Counting which blocks are recorded, by hash of their address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/filter.h"

_Atomic uint8_t filter_counters[1u << FILTER_BITS];
atomic_bool filter_off = true;

void filter_count(const void *block, int change)
{
    _Atomic uint8_t *place = filter_place(block);
    uint8_t was = atomic_load_explicit(place, memory_order_relaxed);
    while (was != FILTER_FULL &&
           !atomic_compare_exchange_weak_explicit(place, &was, (uint8_t)(was + change),
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}
