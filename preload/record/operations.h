/* operations.h -- Units of work that the program says it has done: heapdiff_ops.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECORD_OPERATIONS_H
#define RECORD_OPERATIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

extern _Atomic uint64_t operations_done;
extern atomic_bool operations_are_counted; /* the program has said something, be it 0 */

static inline void operations_add(uint64_t done)
{
    atomic_fetch_add_explicit(&operations_done, done, memory_order_relaxed);
    if (!atomic_load_explicit(&operations_are_counted, memory_order_relaxed))
        atomic_store_explicit(&operations_are_counted, true, memory_order_relaxed);
}

/* In a forked child, which counts anew. */
void operations_forget(void);

#endif
