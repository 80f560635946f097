/* bounds.h -- Where the calling thread's stack begins and ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_BOUNDS_H
#define UNWIND_BOUNDS_H

#include <stdint.h>

/* [*low, *high): all of it can be read from the current stack pointer upwards. Empty when it is
 * not known. Not for the hot path: may allocate and take the thread's own lock in glibc. */
void bounds_of_thread(uintptr_t *low, uintptr_t *high);

#endif
