/* origin.h -- Is this the process that we know, or a copy of it that was made behind our back?
 *
 * fork() tells us (life/init.c); clone, clone3 and _Fork do not. Such a copy has our tables as they
 * were at one moment, half changed perhaps, and our locks as they were, held by threads that it
 * does not have. It is not to touch any of that. So the words that say that we record lie in a page
 * which the kernel wipes in every copy of the memory (MADV_WIPEONFORK): the copy reads 0 there,
 * from its first instruction on and for ever, at no price for the process itself, which reads these
 * words anyway. A child that shares the memory (vfork, posix_spawn) sees them as they are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_ORIGIN_H
#define BASE_ORIGIN_H

#include <stdatomic.h>
#include <stdbool.h>

/* What the kernel can wipe: a page. */
#ifdef __x86_64__
#define ORIGIN_SIZE 4096
#else
#define ORIGIN_SIZE 65536 /* the biggest that there is */
#endif

struct origin {
    _Alignas(ORIGIN_SIZE) _Atomic int recording; /* enum record_state; see record/record.h */
    atomic_bool known;                           /* this process has said origin_begin */
};
extern struct origin origin;

/* False once the kernel has been told to wipe the page: before, and where it cannot (Linux before
 * 4.14), every process passes for the original. */
extern bool origin_is_kept;

/* This is the process: at birth, and in a forked child that is to be recorded. */
void origin_begin(void);

/* False in a copy of the memory that has not said origin_begin itself. */
static inline bool origin_is_here(void)
{
    return origin_is_kept || atomic_load_explicit(&origin.known, memory_order_relaxed);
}

#endif
