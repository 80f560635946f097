/* portable.c -- Unwinding by libunwind alone, for machines that fast.c does not know.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "unwind/bounds.h"
#include "unwind/unwind.h"

void bounds_learn(void)
{
}

bool bounds_of_other(uintptr_t pointer, struct bounds_thread *thread)
{
    (void)pointer, (void)thread;
    return false;
}

size_t unwind_room(unsigned limit)
{
    return (size_t)4 * (limit + 16) * sizeof(struct unwind_frame);
}

void unwind_begin(struct unwind *unwind, unsigned limit, void *room)
{
    *unwind = (struct unwind){.limit = limit, .frames = room};
}

uint64_t unwind_take(struct unwind *unwind, uintptr_t hook)
{
    return unwind_take_reference(unwind, hook);
}

bool unwind_may_have_left_modules(const struct unwind *unwind)
{
    return true;
}

void unwind_forget(void)
{
    unw_flush_cache(unw_local_addr_space, 0, 0);
}
