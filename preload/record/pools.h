/* pools.h -- Blocks of the program's own pools, reported through heapdiff_alloc.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECORD_POOLS_H
#define RECORD_POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tables/blocks.h"

#define POOLS_NAMES 4096          /* pools with a name of their own */
#define POOLS_OTHER "other pools" /* the name of all others */

/* frame is RECORD_HERE() of the API function. Both take a short lock. */
void pools_alloc(const char *pool, const void *block, size_t size, uintptr_t frame);
void pools_free(const char *pool, const void *block);

/* How many blocks were of a pool that has no name of its own. */
uint64_t pools_unnamed(void);

/* Calls visit for every block under the lock: visit must not call back into this file. */
void pools_each(void (*visit)(const struct block *block, void *context), void *context);

/* Held over a fork, so that the child finds the table whole. False when the caller is a signal
 * handler that interrupted the lock's owner. */
bool pools_lock(void);
void pools_unlock(void);

/* False when the lock is held by the calling thread itself; see lock_settles. */
bool pools_settles(void);

#endif
