/* sandbox.h -- Has the program installed a seccomp filter?
 *
 * A filter may kill a thread that makes a system call which it does not list. So from then on
 * threads of the program make no system call of ours: work that needs one is left out and counted.
 * The control process was started before the filter and is not under it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdatomic.h>
#include <stdbool.h>

/* How many filters are in force or about to be: life/seccomp.c counts them before they are. */
extern atomic_uint sandbox_closed;

/* Around system calls of ours: false when the caller may make none. The control process always may.
 */
bool sandbox_enter(void);
void sandbox_leave(void);

/* One more filter is about to be installed: returns when no thread is between sandbox_enter and
 * sandbox_leave, or after a tenth of a second, for a signal handler may have left one there. */
void sandbox_close(void);

static inline bool sandbox_is_closed(void)
{
    return atomic_load_explicit(&sandbox_closed, memory_order_relaxed) != 0;
}

#endif
