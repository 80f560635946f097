/* order.h -- Snapshots in the order in which they were taken.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STORE_ORDER_H
#define STORE_ORDER_H

#include "store/store.h"

/* Sorts stores by time; those of one process by its own clock, which cannot be set. Equal ones
 * stay as they are. position[i] becomes the former place of stores[i]. */
void store_order(struct store **stores, size_t *position, size_t count);

#endif
