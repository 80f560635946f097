/* thread.h -- State of an application thread: creation, reuse, end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECORD_THREAD_H
#define RECORD_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "python/chain.h"
#include "tables/stacks.h"
#include "unwind/unwind.h"

#define THREAD_CACHE_SIZE 512 /* stacks that a thread finds without leaving its own memory */

/* A stack that this thread uses, and the allocations there that are not in the stack's own counters
 * yet. Only the owner writes. In a
 * sampled recording a count is in units of record/sample.h. */
struct thread_stack {
    uint64_t hash;
    _Atomic uint32_t id; /* 0: empty */
    atomic_uint_fast64_t count;
    atomic_uint_fast64_t bytes;
};

struct thread {
    uintptr_t busy;  /* frame that is inside heapdiff: a signal handler's malloc is not recorded */
    uint16_t label;  /* that the program gave it; tables/labels.h */
    uint16_t number; /* with HEAPDIFF_THREADS; tables/threads.h */
    uint64_t tag;    /* of both, for the hash of its stacks; 0 for neither */
    int64_t records; /* allocations that passed the gate */
    uint64_t random; /* state of the sampling generator, never 0 */
    struct chain *chain; /* its Python frames; NULL: no CPython was seen yet */
    struct stacks_room room;
    uintptr_t pointer;   /* thread pointer: lies in the thread's stack mapping */
    atomic_bool in_use;  /* false: waits for a new thread */
    struct thread *next; /* all threads, never unlinked */
    atomic_uint_fast64_t dropped_busy, dropped_table, dropped_stacks, truncated, empty;
    struct thread_stack cache[THREAD_CACHE_SIZE];
    struct unwind unwind; /* its last stack */
    uintptr_t *addresses; /* a stack's return addresses, leaf first, on their way to a table */
    _Alignas(64) char unwind_room[];
};

static inline uint32_t thread_stack_id(const struct thread_stack *cached)
{
    return atomic_load_explicit(&cached->id, memory_order_relaxed);
}

/* Adds the counts of an entry to its stack's own counters. */
static inline void thread_write_out(struct thread_stack *cached, struct stack_counters *counters)
{
    atomic_fetch_add_explicit(&counters->allocations,
                              atomic_load_explicit(&cached->count, memory_order_relaxed),
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&counters->bytes,
                              atomic_load_explicit(&cached->bytes, memory_order_relaxed),
                              memory_order_relaxed);
    atomic_store_explicit(&cached->count, 0, memory_order_relaxed);
    atomic_store_explicit(&cached->bytes, 0, memory_order_relaxed);
}

/* The calling thread's state, or NULL: not yet made, cannot be made, or the thread is dying. */
extern __thread struct thread *thread_self __attribute__((tls_model("initial-exec")));

/* Makes the state of a thread that has none. NULL when recording is not for this thread. */
struct thread *thread_begin(void);

/* Sets the label of the calling thread: LABEL, or none for NULL and "". Returns the text of the
 * label before, NULL for none; it lives for ever. In a thread that cannot be recorded, and in a
 * signal handler that has interrupted us, it changes nothing and returns NULL. */
const char *thread_set_label(const char *label);

/* In a forked child: the calling thread is its only one. */
void thread_forked(void);

/* The thread is busy, and a hook of the calling thread begins at this frame: has a signal handler
 * jumped (siglongjmp) out of the work that made it busy? Then the thread is made free, and the
 * answer is true. */
bool thread_was_left(struct thread *thread, uintptr_t frame);

/* Called once before the first thread_begin: limit is HEAPDIFF_DEPTH. */
void thread_init(unsigned limit);

/* The main thread's pointer: the only one that does not lie in a stack. */
uintptr_t thread_main_pointer(void);

/* This thread will never be recorded. */
void thread_exempt(void);

/* All threads that were ever recorded; the counters of ended ones have been written out. */
struct thread *thread_first(void);

/* Writes the thread's cached counts to the stacks. Owner, or reader after the thread has died. */
void thread_flush(struct thread *thread);

#endif
