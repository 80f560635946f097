/* order.h -- The snapshots of a comparison in order of time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_ORDER_H
#define ANALYZER_COMPARE_ORDER_H

#include "store/store.h"

/* *COUNT paths sorted by the time of their snapshots; free() the array, the texts are PATHS'. Of
 * files that hold the same snapshot one is kept, and *COUNT is lowered, but not below two. NULL
 * with ERROR filled when one cannot be read. *WAS_SORTED says whether they came in that order. */
const char **order_by_time(const char *const *paths, size_t *count, bool *was_sorted,
                           struct error *error);

/* Seconds since the first snapshot, strictly rising; where clocks say otherwise, 0, 1, 2, …. */
void order_times(struct store *const *stores, size_t count, double *x);

#endif
