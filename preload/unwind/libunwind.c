/* libunwind.c -- Unwinding by libunwind, the reference.
 *
 * libunwind keeps a cache of frame rules per thread and, where code has no unwind tables (V8, the
 * JVM), follows the frame pointer; it asks for modules through private/guest.c, never the loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "tables/modules.h"
#include "unwind/unwind.h"

void unwind_init(void)
{
    unw_set_caching_policy(unw_local_addr_space, UNW_CACHE_PER_THREAD);
    void *frames[8];
    unw_backtrace(frames, 8); /* makes the caches */
}

static bool is_own(uintptr_t address)
{
    return address >= modules_own_start && address < modules_own_end;
}

unsigned unwind_stack(uintptr_t frame, uintptr_t *frames, unsigned max, bool *truncated)
{
    (void)frame;
    /* frames has room for the shim's own frames beyond max; see record/thread.c */
    int got = unw_backtrace((void **)frames, (int)max + 8);
    unsigned depth = 0;
    bool leaf = true;
    for (int i = 0; i < got && frames[i]; i++) {
        leaf = leaf && is_own(frames[i]);
        if (!leaf && depth < max)
            frames[depth++] = frames[i];
    }
    *truncated = depth == max;
    return depth;
}

void unwind_forget(void)
{
    unw_flush_cache(unw_local_addr_space, 0, 0);
}
