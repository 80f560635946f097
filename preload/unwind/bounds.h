/* bounds.h -- Where the calling thread's stack begins and ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_BOUNDS_H
#define UNWIND_BOUNDS_H

#include <stdint.h>

/* Finds out where glibc keeps a thread's stack; once, by a thread that runs nothing of the program,
 * before others call bounds_of_thread. Its stack must be one that was given to it. */
void bounds_learn(void);

/* [*low, *high): all of it can be read from the current stack pointer upwards. Empty when it is
 * not known. Takes no lock and does not allocate. */
void bounds_of_thread(uintptr_t *low, uintptr_t *high);

#endif
