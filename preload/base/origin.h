/* origin.h -- Is this the process that started recording, or an unnoticed copy of it?
 *
 * fork() runs our handlers (life/init.c); clone, clone3 and _Fork do not. A copy made by these has
 * our tables in the state of one moment, perhaps half changed, and our locks as they were, held by
 * threads that do not exist in it. It must not touch them. So the words that say that we record lie
 * in a page that the kernel wipes in every copy of the memory (MADV_WIPEONFORK): the copy reads 0
 * from its first instruction on. The process itself pays nothing, because it reads these words
 * anyway. A child that shares the memory (vfork, posix_spawn) sees them unchanged.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_ORIGIN_H
#define BASE_ORIGIN_H

#include <stdatomic.h>
#include <stdbool.h>

/* The unit that the kernel can wipe: a page. */
#ifdef __x86_64__
#define ORIGIN_SIZE 4096
#else
#define ORIGIN_SIZE 65536 /* the largest that exists */
#endif

struct origin {
    _Alignas(ORIGIN_SIZE) _Atomic int recording; /* enum record_state; see record/record.h */
    atomic_bool known;                           /* this process has said origin_begin */
};
extern struct origin origin;

/* False once the kernel wipes the page in copies. Before that, and on kernels that cannot do it
 * (Linux before 4.14), every process passes for the original. */
extern bool origin_is_kept;

/* Call in the recorded process: at its start, and in a forked child that is recorded too. */
void origin_begin(void);

/* False in a copy of the memory that has not said origin_begin itself. */
static inline bool origin_is_here(void)
{
    return origin_is_kept || atomic_load_explicit(&origin.known, memory_order_relaxed);
}

#endif
