/* record.h -- HOT PATH: every allocation and every free passes through here.
 *
 * Budget per malloc/free pair, warm, at depth 24: docs/performance.md. No lock, no malloc, no
 * system call, no loader call on the warm path.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/origin.h"
#include "format/schema.h"
#include "tables/blocks.h"
#include "tables/filter.h"

/* The frame pointer of the hook's body: where unwinding starts. Hooks are compiled with frame
 * pointers, so the caller's frame is known exactly. */
#define RECORD_HERE() ((uintptr_t)__builtin_frame_address(0))

enum record_state {
    RECORD_OFF, /* not started, a passive child, a copy: hooks only pass calls on */
    RECORD_ON,
};

/* Bytes that this thread may still allocate before one is recorded: the gate of every allocation.
 * In full recording it is 0, so that every allocation passes; when nothing is recorded it is high.
 * See record/sample.h. */
extern __thread int64_t record_left __attribute__((tls_model("initial-exec")));

/* Begins and ends recording; see life/init.c. */
void record_start(void);
void record_stop(void);

/* Counts a pause up or down: while it is above 0 new blocks are not recorded, frees are. */
void record_pause(int change);

static inline bool record_is_on(void)
{
    return atomic_load_explicit(&origin.recording, memory_order_relaxed) == RECORD_ON;
}

/* The slow partner of record_alloc: everything that has passed the gate. */
void record_alloc_taken(const void *block, size_t size, enum block_kind kind, uintptr_t frame);

/* The bytes that an allocation takes from the gate. An invalid size (a negative number, a product
 * that was too big) must not open it wide: the real function will refuse it. */
static inline int64_t record_share(size_t size)
{
    return (int64_t)(size & (((size_t)1 << 44) - 1));
}

/* Takes size from the gate. True when the allocation must be recorded: record_alloc_passed. */
static inline bool record_gate(size_t size)
{
    return (record_left -= record_share(size)) <= 0;
}

/* The block, or NULL when there was none after all; frame is RECORD_HERE() of the hook. errno is
 * kept. */
static inline void record_alloc_passed(const void *block, size_t size, enum block_kind kind,
                                       uintptr_t frame)
{
    if (__builtin_expect(block != NULL, 1))
        record_alloc_taken(block, size, kind, frame);
    else
        record_left += record_share(size);
}

/* Both in one: the block was just handed out, or is NULL. */
static inline void record_alloc(const void *block, size_t size, enum block_kind kind,
                                uintptr_t frame)
{
    if (block && record_gate(size))
        record_alloc_taken(block, size, kind, frame);
}

/* Nothing will be recorded in this process, or samples only: frees need not all be looked at. To be
 * called when the real functions are known. */
void record_filter_frees(void);

/* The block is about to be freed: called before the real free, so that no other thread can get the
 * address before the block is forgotten. Returns whether it was known; *was is set then. */
bool record_forget(const void *block, struct block *was);

static inline void record_free(const void *block)
{
    struct block was;
    if (record_is_on() && filter_lets_pass(block)) {
        /* The allocator will read its header before the block: let both misses overlap. */
        __builtin_prefetch((const char *)block - 8, 1);
        record_forget(block, &was);
    }
}

/* Puts a block back that record_forget took out: the real realloc failed. */
void record_restore(const struct block *was);

/* A number that every record_alloc of this thread changes. A hook whose real function may itself
 * end in another hook (operator new in malloc) compares it before and after, and records only if
 * the inner hook has not. */
int64_t record_mark(void);

/* A stack id for something that is not a block (a mapping); 0 when it cannot be had. */
uint32_t record_stack(enum block_kind kind, uintptr_t frame, size_t size);

/* The same for a block of a custom pool; the name is kept, not copied. */
uint32_t record_pool_stack(const char *pool, uintptr_t frame, size_t size);

/* Runs with recording off for this thread: heapdiff's own thread, and init. */
void record_own_thread(void);

#endif
