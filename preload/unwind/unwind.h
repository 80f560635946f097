/* unwind.h -- From a frame to the return addresses of its callers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_UNWIND_H
#define UNWIND_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

/* Prepares the unwinder; before the first unwind_stack, outside of malloc. */
void unwind_init(void);

/* Return addresses, leaf first, from the caller of the hook whose frame pointer is frame; the
 * shim's own frames are left out. At most max of them; *truncated tells whether there were more or
 * the unwinder gave up before the outermost frame. Takes no lock that a thread may hold while it
 * allocates, does not allocate, does not read beyond the thread's stack. */
unsigned unwind_stack(uintptr_t frame, uintptr_t *frames, unsigned max, bool *truncated);

/* Addresses have changed their meaning: caches are emptied. */
void unwind_forget(void);

#endif
