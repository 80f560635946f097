/* bounds.h -- Where the calling thread's stack begins and ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_BOUNDS_H
#define UNWIND_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Learns the main thread's bounds; once, in the main thread, after nptl_learn. */
void bounds_learn(void);

/* [*low, *high): all of it can be read from the current stack pointer upwards. Empty when it is
 * not known. Takes no lock and does not allocate. */
void bounds_of_thread(uintptr_t *low, uintptr_t *high);

/* Another thread's stack, as glibc's descriptor of the thread has it. */
struct bounds_thread {
    uintptr_t start, end; /* with its guard, and the descriptor itself at the upper end */
    bool is_spare;        /* its thread has ended and was joined or detached: kept for the next */
};

/* Reads the descriptor at POINTER (a pthread_t), which may be gone by now. False when there is
 * none, or when it cannot be known. Some system calls, no lock. */
bool bounds_of_other(uintptr_t pointer, struct bounds_thread *thread);

#endif
