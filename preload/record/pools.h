/* pools.h -- Blocks of the program's own pools, told to us through heapdiff_alloc.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECORD_POOLS_H
#define RECORD_POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tables/blocks.h"

/* frame is RECORD_HERE() of the API function. Both take a short lock. */
void pools_alloc(const char *pool, const void *block, size_t size, uintptr_t frame);
void pools_free(const char *pool, const void *block);

/* Calls visit for every block under the lock: visit must not call back into this file. */
void pools_each(void (*visit)(const struct block *block, void *context), void *context);

/* Held over a fork, so that the child finds the table whole. False when the caller is a signal
 * handler that interrupted the lock's owner. */
bool pools_lock(void);
void pools_unlock(void);

/* False when the lock is held by the calling thread itself; see lock_settles. */
bool pools_settles(void);

#endif
