/* portable.c -- Unwinding by libunwind alone, for machines that fast.c does not know.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "unwind/unwind.h"

void unwind_init_thread(void)
{
}

void unwind_begin(struct unwind *unwind, unsigned limit, struct unwind_frame *frames)
{
    *unwind = (struct unwind){.limit = limit, .frames = frames};
}

uint64_t unwind_take(struct unwind *unwind, uintptr_t hook)
{
    return unwind_take_reference(unwind, hook);
}

void unwind_copy(const struct unwind *unwind, uintptr_t *addresses)
{
    for (unsigned i = 0; i < unwind->depth; i++)
        addresses[i] = unwind->frames[unwind->depth - 1 - i].pc;
}

void unwind_forget(void)
{
    unw_flush_cache(unw_local_addr_space, 0, 0);
}
