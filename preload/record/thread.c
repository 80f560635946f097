/* thread.c -- State of an application thread: creation, reuse, end.
 *
 * The state is mapped from the kernel at a thread's first allocation and passed on when the thread
 * ends. Thread-local storage itself is two words: programs with tiny stacks pay for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/thread.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/guest.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "options.h"
#include "tables/labels.h"
#include "tables/threads.h"

#define KEYS 32

__thread struct thread *thread_self __attribute__((tls_model("initial-exec")));
static __thread signed char farewell __attribute__((tls_model("initial-exec"))); /* -1: exempt */

static _Atomic(struct thread *) first;
static pthread_key_t key;
static unsigned frame_limit;
static uintptr_t main_pointer;
static uint64_t seed;
static atomic_uint begun; /* threads, so far */

struct thread *thread_first(void)
{
    return atomic_load_explicit(&first, memory_order_acquire);
}

void thread_flush(struct thread *thread)
{
    for (unsigned i = 0; i < THREAD_CACHE_SIZE; i++) {
        struct thread_stack *cached = &thread->cache[i];
        if (atomic_load_explicit(&cached->count, memory_order_relaxed))
            thread_write_out(cached, stacks_counters(thread_stack_id(cached)));
    }
}

/* Runs among the program's own destructors of thread data, in an unknown order: the state stays
 * until the last round, so that allocations of those destructors are still recorded. */
static void thread_end(void *state)
{
    struct thread *thread = state;
    if (++farewell < PTHREAD_DESTRUCTOR_ITERATIONS && pthread_setspecific(key, thread) == 0)
        return;
    farewell = -1;
    thread_self = NULL;
    guest_thread_ends();
    thread_flush(thread);
    threads_end(thread->number);
    thread->pointer = 0;
    atomic_store_explicit(&thread->in_use, false, memory_order_release);
}

uintptr_t thread_main_pointer(void)
{
    return main_pointer;
}

/* The last key whose values need no allocation (glibc keeps them in the thread's descriptor): the
 * program gets the same keys as without us, from 0 on. */
static void take_key(void)
{
    pthread_key_t taken[KEYS];
    unsigned count = 0;
    while (count < KEYS && pthread_key_create(&taken[count], thread_end) == 0 &&
           taken[count++] < KEYS - 1)
        continue;
    for (unsigned i = 0; i + 1 < count; i++)
        pthread_key_delete(taken[i]);
    if (count)
        key = taken[count - 1];
}

void thread_init(unsigned limit)
{
    main_pointer = (uintptr_t)__builtin_thread_pointer(); /* constructors run in the main thread */
    frame_limit = limit;
    seed = options.seed;
    const void *noise = (const void *)getauxval(AT_RANDOM); /* 16 bytes from the kernel */
    if (!seed && noise)
        memcpy(&seed, noise, sizeof seed);
    take_key();
}

void thread_exempt(void)
{
    farewell = -1;
}

static struct thread *thread_reuse(void)
{
    for (struct thread *thread = thread_first(); thread; thread = thread->next) {
        bool idle = false;
        if (!atomic_load_explicit(&thread->in_use, memory_order_relaxed) &&
            atomic_compare_exchange_strong(&thread->in_use, &idle, true))
            return thread;
    }
    return NULL;
}

static struct thread *thread_make(void)
{
    size_t room = unwind_room(frame_limit);
    struct thread *thread = memory_map(sizeof *thread + room + frame_limit * sizeof(uintptr_t));
    if (!thread)
        return NULL;
    thread->addresses = (uintptr_t *)(void *)(thread->unwind_room + room);
    thread->in_use = true;
    struct thread *head = thread_first();
    do
        thread->next = head;
    while (!atomic_compare_exchange_weak(&first, &head, thread));
    return thread;
}

static void set_tag(struct thread *thread, uint16_t label, uint16_t number)
{
    thread->label = label;
    thread->number = number;
    thread->tag = stacks_hash_end((uint64_t)label << 16 | number);
}

struct thread *thread_begin(void)
{
    if (farewell)
        return NULL;
    int saved = errno;
    farewell = -1; /* the next calls may allocate: not recorded */
    struct thread *thread = thread_reuse();
    if (!thread)
        thread = thread_make();
    if (thread) {
        unwind_begin(&thread->unwind, frame_limit, thread->unwind_room);
        if (thread->chain)
            chain_reset(thread->chain);
        thread->busy = 0;
        thread->random = stacks_hash_end(seed + atomic_fetch_add(&begun, 1) + 1) | 1;
        thread->pointer = (uintptr_t)__builtin_thread_pointer();
        set_tag(thread, LABELS_NONE, options.threads ? threads_begin() : THREADS_NONE);
        thread_self = thread;
        pthread_setspecific(key, thread);
    }
    farewell = 0;
    errno = saved;
    return thread;
}

/* The interrupted work may be half done: counts go to their stacks, all else begins anew. */
static void thread_restart(struct thread *thread)
{
    thread_flush(thread);
    for (unsigned i = 0; i < THREAD_CACHE_SIZE; i++)
        thread->cache[i].id = 0;
    thread->room = (struct stacks_room){0};
    set_tag(thread, thread->label, thread->number);
    unwind_begin(&thread->unwind, frame_limit, thread->unwind_room);
    if (thread->chain)
        chain_reset(thread->chain);
}

/* A signal handler's frames lie further in than those that it has interrupted. So when a hook
 * begins further out, or in the same place, on the same stack, the interrupted frames are gone. A
 * signal stack may lie anywhere, even within the thread's own. */
__attribute__((cold)) bool thread_was_left(struct thread *thread, uintptr_t frame)
{
    const struct unwind *own = &thread->unwind;
    stack_t stack;
    if (frame < thread->busy || thread->busy < own->low || frame >= own->high || !sandbox_enter())
        return false;
    bool is_own = sigaltstack(NULL, &stack) == 0 && !(stack.ss_flags & SS_ONSTACK);
    sandbox_leave();
    if (!is_own)
        return false;
    thread_restart(thread);
    return true;
}

const char *thread_set_label(const char *label)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    struct thread *thread = thread_self;
    if ((!thread && !(thread = thread_begin())) ||
        (thread->busy && !thread_was_left(thread, frame)))
        return NULL;
    const char *before = labels_text(thread->label);
    /* A signal handler must not meet half of a tag. */
    thread->busy = frame;
    set_tag(thread, label && *label ? labels_intern(label, &thread->room) : LABELS_NONE,
            thread->number);
    thread->busy = 0;
    return before;
}

void thread_forked(void)
{
    chain_forked();
    if (options.threads && thread_self)
        threads_forked(thread_self->number);
}
