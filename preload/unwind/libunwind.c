/* libunwind.c -- Unwinding by libunwind: the reference, and the way through the unusual.
 *
 * libunwind keeps a cache of frame rules per thread and, where code has no unwind tables (V8, the
 * JVM), follows the frame pointer; it asks us for modules (private/libunwind_guest.h), never the
 * loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "base/guest.h"
#include "tables/modules.h"
#include "tables/stacks.h" /* stacks_hash_add */
#include "unwind/unwind.h"

#define OWN_FRAMES 16 /* of the shim, at the leaf: more than there can be */

int guest_dl_iterate_phdr(int (*visit)(struct dl_phdr_info *, size_t, void *), void *context)
{
    return modules_visit(visit, context);
}

void unwind_init(void)
{
    void *frames[8];
    unw_set_caching_policy(unw_local_addr_space, UNW_CACHE_PER_THREAD);
    unw_backtrace(frames, 8); /* makes the caches */
}

/* Leaves the frames in the unwinder as the walk of fast.c would, but with nothing to meet: the
 * stack pointers are not known. */
static uint64_t libunwind_keep(struct unwind *unwind, void **addresses, unsigned count)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < count; i++) {
        struct unwind_frame *frame = &unwind->frames[i];
        frame->pc = (uintptr_t)addresses[count - 1 - i];
        frame->sp = 0;
        frame->hash = hash = stacks_hash_add(hash, frame->pc);
    }
    unwind->kept = unwind->depth = count;
    unwind->open = unwind->broken = false;
    return hash;
}

uint64_t unwind_take_reference(struct unwind *unwind, uintptr_t hook)
{
    /* The room behind the frames serves as the buffer. */
    void **addresses = (void **)(void *)(unwind->frames + unwind->limit);
    uintptr_t caller = ((const uintptr_t *)hook)[1];
    int got = unw_backtrace(addresses, (int)unwind->limit + OWN_FRAMES);
    int first = 0;
    while (first < got && first < OWN_FRAMES && (uintptr_t)addresses[first] != caller)
        first++;
    if (first == OWN_FRAMES)
        first = got;
    unsigned count = 0;
    while (first + (int)count < got && addresses[first + (int)count])
        count++;
    unwind->truncated = count > unwind->limit || count == 0;
    if (count > unwind->limit)
        count = unwind->limit;
    return libunwind_keep(unwind, addresses + first, count);
}
