/* ranges.h -- Address ranges of the shim's own memory, so that a snapshot can state what it costs.
 *
 * Lock-free, does not allocate. A range that does not fit into the list is counted as memory
 * without an owner.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_RANGES_H
#define BASE_RANGES_H

#include <stddef.h>
#include <stdint.h>

/* Memory was mapped, or given back: whole ranges, parts of one, or parts of several. */
void ranges_add(const void *start, size_t size);
void ranges_remove(const void *start, size_t size);

/* Calls visit for every range, in no order; ranges may touch. */
void ranges_each(void (*visit)(uintptr_t start, size_t size, void *context), void *context);

#endif
