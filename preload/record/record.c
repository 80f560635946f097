/* record.c -- HOT PATH: every allocation and every free passes through here.
 *
 * An allocation: unwind, hash, find the stack's id in the thread's own cache, add to the counters
 * there, put the block into the live table. A free: take it out. Threads share nothing but the
 * table's line of the same 512 bytes. docs/hot-path.md describes the whole way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/record.h"

#include <errno.h>

#include "options.h"
#include "python/interleave.h"
#include "record/sample.h"
#include "record/thread.h"
#include "tables/epoch.h"
#include "tables/modules.h"
#include "tables/stacks.h"
#include "unwind/unwind.h"

__thread int64_t record_left __attribute__((tls_model("initial-exec")));
static atomic_int paused;

static void record_count(atomic_uint_fast64_t *counter)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

/* While nothing is recorded, the gate is looked at again after so many bytes. */
#define GATE_CLOSED ((int64_t)1 << 14)

/* The thread's state, marked busy with the hook's frame; NULL when this call is not to be recorded.
 */
static inline struct thread *record_enter(uintptr_t frame)
{
    struct thread *thread = thread_self;
    if (__builtin_expect(!thread, 0) && (!record_is_on() || !(thread = thread_begin())))
        return NULL;
    thread->records++;
    if (__builtin_expect(thread->busy != 0, 0) && !thread_was_left(thread, frame)) {
        record_count(&thread->dropped_busy);
        return NULL;
    }
    if (__builtin_expect(!record_is_on() || atomic_load_explicit(&paused, memory_order_relaxed) > 0,
                         0))
        return NULL;
    thread->busy = frame;
    return thread;
}

static inline void record_leave(struct thread *thread)
{
    thread->busy = 0;
}

/* A stack that is not interned yet: only now its frames are needed. */
static __attribute__((noinline, cold)) uint32_t intern_slow(struct thread *thread, uint64_t hash,
                                                            enum block_kind kind, const char *pool)
{
    struct interleave both = {.unwind = &thread->unwind,
                              .chain = thread->chain,
                              .room = &thread->room,
                              .words = thread->addresses,
                              .limit = thread->unwind.limit};
    if (thread->chain && thread->chain->kept)
        interleave(&both);
    else
        both.count = unwind_copy(&thread->unwind, thread->addresses);
    struct stack_key key = {.hash = hash,
                            .frames = thread->addresses,
                            .depth = both.count,
                            .kind = kind,
                            .truncated = thread->unwind.truncated || both.cut,
                            .jit = unwind_may_have_left_modules(&thread->unwind),
                            .pool = pool,
                            .label = thread->label,
                            .thread = thread->number};
    uint32_t id = stacks_intern(&key, &thread->room);
    if (!id)
        record_count(&thread->dropped_stacks);
    return id;
}

/* Replaces a cache entry: its counts go to its stack. */
static __attribute__((noinline)) bool cache_slow(struct thread *thread, struct thread_stack *cached,
                                                 uint64_t hash, enum block_kind kind,
                                                 const char *pool)
{
    struct stack_counters *old = cached->count ? stacks_counters(thread_stack_id(cached)) : NULL;
    if (!thread->chain && options.python && cpython_is_here())
        thread->chain = chain_begin(thread->unwind.limit); /* from the next stack on */
    __builtin_prefetch(old, 1);
    uint32_t id = stacks_find(hash);
    if (old)
        thread_write_out(cached, old);
    if (!id)
        id = intern_slow(thread, hash, kind, pool);
    atomic_store_explicit(&cached->id, id, memory_order_relaxed);
    cached->hash = hash;
    return id != 0;
}

/* A sampled block stands for 1 / probability of its kind; mappings and pools are not sampled. */
static inline void record_add(struct thread_stack *cached, size_t size, enum block_kind kind)
{
    uint64_t count = 1;
    if (__builtin_expect(options.sample != 0, 0)) {
        double weight = kind == KIND_MALLOC ? 1 / sample_probability(size) : 1;
        count = (uint64_t)(weight * SAMPLE_UNITS + 0.5);
        size = (size_t)((double)size * weight + 0.5);
    }
    atomic_store_explicit(&cached->count,
                          atomic_load_explicit(&cached->count, memory_order_relaxed) + count,
                          memory_order_relaxed);
    atomic_store_explicit(&cached->bytes,
                          atomic_load_explicit(&cached->bytes, memory_order_relaxed) + size,
                          memory_order_relaxed);
}

/* The id of the stack that leads here, counted; 0 when it cannot be had. */
static inline __attribute__((always_inline)) uint32_t find_stack(struct thread *thread,
                                                                 enum block_kind kind,
                                                                 const char *pool, uintptr_t frame,
                                                                 size_t size)
{
    uint64_t hash = unwind_take(&thread->unwind, frame);
    if (__builtin_expect(thread->chain != NULL, 0))
        hash = stacks_hash_add(hash, chain_take(thread->chain, &thread->unwind, frame));
    hash = stacks_hash_end(hash + (uint64_t)kind + modules_seed() + (uintptr_t)pool + thread->tag);
    if (__builtin_expect(thread->unwind.truncated, 0))
        record_count(&thread->truncated);
    struct thread_stack *cached = &thread->cache[hash % THREAD_CACHE_SIZE];
    if (__builtin_expect(cached->hash != hash || !thread_stack_id(cached), 0) &&
        !cache_slow(thread, cached, hash, kind, pool))
        return 0;
    record_add(cached, size, kind);
    return thread_stack_id(cached);
}

static inline bool record_insert(const struct block *block)
{
    bool sampled = options.sample != 0;
    if (__builtin_expect(sampled, 0))
        filter_count((const void *)block->address, 1);
    bool fits = blocks_insert(block);
    if (__builtin_expect(sampled && !fits, 0))
        filter_count((const void *)block->address, -1);
    return fits;
}

void record_alloc_taken(const void *block, size_t size, enum block_kind kind, uintptr_t frame)
{
    blocks_prefetch((uintptr_t)block, size);
    bool begun = !thread_self; /* its gate has not been set yet */
    struct thread *thread = record_enter(frame);
    if (__builtin_expect(!thread, 0)) {
        record_left = !record_is_on() ? GATE_CLOSED
                      : thread_self   ? sample_distance(&thread_self->random)
                                      : 0;
        return;
    }
    if (__builtin_expect(begun && options.sample, 0) &&
        (record_left = sample_distance(&thread->random) - (int64_t)size) > 0) {
        record_leave(thread);
        return;
    }
    int saved = errno;
    record_left = sample_distance(&thread->random);
    struct block born = {.address = (uintptr_t)block, .size = size, .epoch = epoch_now()};
    born.stack = find_stack(thread, kind, NULL, frame, size);
    if (__builtin_expect(born.stack && !record_insert(&born), 0))
        record_count(&thread->dropped_table);
    errno = saved;
    record_leave(thread);
}

bool record_forget(const void *block, struct block *was)
{
    if (!filter_lets_pass(block) || !blocks_remove((uintptr_t)block, was))
        return false;
    if (__builtin_expect(options.sample != 0, 0))
        filter_count(block, -1);
    return true;
}

void record_restore(const struct block *was)
{
    record_insert(was);
}

void record_filter_frees(void)
{
    atomic_store(&filter_off, false);
}

int64_t record_mark(void)
{
    /* One of the two has changed: the gate when it was not passed, the count when it was. Distances
     * stay below 2^40 (options.c), so they do not run into each other. */
    return thread_self ? record_left + (int64_t)((uint64_t)thread_self->records << 44)
                       : record_left;
}

static uint32_t stack_of(enum block_kind kind, const char *pool, uintptr_t frame, size_t size)
{
    struct thread *thread = record_enter(frame);
    if (!thread)
        return 0;
    int saved = errno;
    uint32_t stack = find_stack(thread, kind, pool, frame, size);
    errno = saved;
    record_leave(thread);
    return stack;
}

uint32_t record_stack(enum block_kind kind, uintptr_t frame, size_t size)
{
    return stack_of(kind, NULL, frame, size);
}

uint32_t record_pool_stack(const char *pool, uintptr_t frame, size_t size)
{
    return stack_of(KIND_POOL, pool, frame, size);
}

void record_start(void)
{
    record_left = 0; /* this thread may have found the gate closed; others find out soon */
    atomic_store(&origin.recording, RECORD_ON);
}

void record_stop(void)
{
    atomic_store(&origin.recording, RECORD_OFF);
}

void record_pause(int change)
{
    atomic_fetch_add(&paused, change);
}

void record_own_thread(void)
{
    thread_exempt();
}
