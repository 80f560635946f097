/* chain.c -- HOT PATH: the Python frames of the calling thread.
 *
 * Only a thread itself pushes and pops its frames, and CPython keeps the chain whole wherever it
 * may allocate: its own tracemalloc walks it there. So the thread that allocates may read its
 * chain, with the interpreter's lock or without it. There are three dangers:
 *
 * - The state that is filed under this thread may be in use by another one, if a program passes
 *   states around. Where CPython has something on the C stack for every running interpreter (3.10
 *   to 3.12), the innermost one must be on this thread's stack.
 * - When Python ends, it frees the states and frames of threads that do not hold the lock, and sets
 *   a word before. A reader first announces itself, then checks that word; the thread that unmaps
 *   memory checks for readers when Python is ending (chain_before_unmap). So either the reader sees
 *   the end, or the other thread sees the reader. That takes a memory barrier between both steps,
 *   which would cost more than all the rest: the unmapping thread makes it for all, once.
 * - Python that has ended may be unloaded, _PyRuntime with it, while other threads allocate. Those
 *   have no data under its key, and read nothing. An unloading thread waits for a reader that has,
 *   in the same way (chain_before_unload).
 *
 * As on the C stack (unwind/fast.c), most of a chain is the same as at the last allocation. The
 * walk stops at the first frame that the last chain has too. From there on outwards each frame is
 * only compared, and its place in memory is known beforehand, so the loads do not wait for each
 * other. Hashes run from the outermost frame inwards, and only new frames are hashed.
 *
 * A code object may be freed, and another one may get its address. So the hash includes the code's
 * description of itself: function, file, first line, size.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/chain.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sandbox.h"
#include "tables/stacks.h" /* stacks_hash_add */

#define RARE(x)    __builtin_expect(!!(x), 0)
#define MOST_WAITS 100000

static _Atomic(struct chain *) first;

/* The kernel cannot make a barrier in all threads: readers must make their own. */
static atomic_bool needs_barrier;

struct chain *chain_begin(unsigned limit)
{
    struct chain *chain = memory_map(sizeof *chain), *head = atomic_load(&first);
    if (!chain)
        return NULL;
    chain->limit = limit < CHAIN_MOST ? limit : CHAIN_MOST;
    do
        chain->next = head;
    while (!atomic_compare_exchange_weak(&first, &head, chain));
    return chain;
}

void chain_reset(struct chain *chain)
{
    chain->kept = 0;
    chain->outside = 0;
    atomic_store(&chain->is_reading, false);
}

void chain_forked(void)
{
    for (struct chain *chain = atomic_load(&first); chain; chain = chain->next)
        atomic_store(&chain->is_reading, false);
}

/* ---- where it begins --------------------------------------------------------------------------
 */

static uintptr_t chain_innermost(struct chain *chain, const struct unwind *unwind, uintptr_t hook)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t state = cpython_thread_state();
    if (!state)
        return 0;
    if (layout->state_cframe) {
        uintptr_t cframe = cpython_word(state + layout->state_cframe);
        if (cframe < hook || cframe >= unwind->high || cframe % 8 != 0)
            return 0; /* Python does not run in this thread, or on another stack */
        chain->cframe = cframe;
        if (!layout->state_frame)
            return cpython_word(cframe + layout->cframe_frame);
    }
    return cpython_word(state + layout->state_frame);
}

/* ---- frames -----------------------------------------------------------------------------------
 */

static inline uintptr_t caller_of(uintptr_t frame)
{
    return cpython_word(frame + cpython.layout.frame_previous);
}

static inline uint16_t *slot_of(struct chain *chain, uintptr_t frame)
{
    return &chain->slots[(frame >> 4 ^ frame >> 12) % CHAIN_SLOTS];
}

/* The hash of a text as CPython has it: missing until something has asked for it. */
static inline uint64_t hash_of(uintptr_t text)
{
    uint64_t hash = cpython_word(text + CPYTHON_TEXT_HASH);
    return hash == UINT64_MAX ? text : hash;
}

/* A code object without owners is just being freed: its names may be gone. Other objects (None, for
 * a call that has not begun) have no names. */
static uint64_t key_of(uintptr_t code, uintptr_t instruction)
{
    const struct layout *layout = &cpython.layout;
    uint64_t key = stacks_hash_add(code, instruction);
    if (code && cpython_word(code) != 0 && cpython_word(code + CPYTHON_TYPE) == cpython.code_type) {
        uint64_t name = hash_of(cpython_word(code + layout->code_name));
        uint64_t file = hash_of(cpython_word(code + layout->code_file));
        uint32_t line = *(const uint32_t *)(code + layout->code_first_line);
        uint64_t size = cpython_word(code + CPYTHON_SIZE);
        key = stacks_hash_add(stacks_hash_add(key, name), file);
        key = stacks_hash_add(key, line ^ size << 32);
    }
    return stacks_hash_end(key) | 1;
}

/* Reads a frame, unless it is unchanged; adds it to the hash of the outer ones. */
static inline void read_frame(struct chain *chain, unsigned index, uintptr_t at)
{
    struct chain_frame *frame = &chain->frames[index];
    uintptr_t code = cpython_word(at + cpython.layout.frame_code);
    uintptr_t instruction = cpython_instruction(at);
    uint64_t outer = index ? frame[-1].hash : 0;
    if (frame->frame != at || frame->code != code || frame->instruction != instruction ||
        index >= chain->kept) {
        frame->frame = at;
        frame->code = code;
        frame->instruction = instruction;
        frame->key = cpython_is_entry(at) ? 0 : key_of(code, instruction);
        *slot_of(chain, at) = (uint16_t)index;
    }
    frame->hash = stacks_hash_add(outer, frame->key);
}

static inline bool is_unchanged(const struct chain_frame *frame)
{
    return cpython_word(frame->frame + cpython.layout.frame_code) == frame->code &&
           cpython_instruction(frame->frame) == frame->instruction;
}

/* Compares the frames from INDEX on outwards, of which the innermost one is known to be in the
 * chain: each leads to the next. *changed is then the outermost frame that has changed, or INDEX +
 * 1. False when a frame has another caller than before. */
static inline bool chain_compare(const struct chain *chain, unsigned index, unsigned *changed)
{
    const struct chain_frame *frames = chain->frames;
    *changed = index + 1;
    for (unsigned i = index;; i--) {
        if (!is_unchanged(&frames[i]))
            *changed = i;
        uintptr_t caller = caller_of(frames[i].frame);
        if (i == 0)
            return caller == chain->outside;
        if (RARE(caller != frames[i - 1].frame))
            return false;
    }
}

/* Collects frames from AT on outwards until one is met that the last chain has: its index, or -1.
 */
static inline int chain_collect(struct chain *chain, uintptr_t at, unsigned *count)
{
    for (*count = 0; at; at = caller_of(at)) {
        unsigned index = *slot_of(chain, at);
        if (index < chain->kept && chain->frames[index].frame == at)
            return (int)index;
        if (RARE(*count == CHAIN_MOST || at % 8 != 0))
            break;
        chain->fresh[(*count)++] = at;
    }
    chain->outside = at;
    return -1;
}

/* Deeper than a stack may be: the innermost frames alone. */
static __attribute__((noinline)) uint64_t hash_innermost(const struct chain *chain)
{
    uint64_t hash = 0;
    for (unsigned i = chain->kept - chain->limit; i < chain->kept; i++)
        hash = stacks_hash_add(hash, chain->frames[i].key);
    return hash;
}

static uint64_t chain_walk(struct chain *chain, uintptr_t at)
{
    unsigned count, changed = 0;
    int met = chain_collect(chain, at, &count);
    bool fits = met >= 0 && (unsigned)met + 1 + count <= CHAIN_MOST &&
                chain_compare(chain, (unsigned)met, &changed) &&
                (!chain->outside || (unsigned)met + 1 + count >= chain->limit);
    if (!fits && met >= 0) {
        chain->kept = 0;
        met = chain_collect(chain, at, &count);
    }
    if (met < 0)
        chain->kept = 0;
    unsigned known = (unsigned)(met + 1);
    for (unsigned i = changed; i < known; i++)
        read_frame(chain, i, chain->frames[i].frame);
    chain->kept = known;
    for (unsigned i = 0; i < count; i++)
        read_frame(chain, known + i, chain->fresh[count - 1 - i]);
    chain->kept = known + count;
    if (!chain->kept)
        return 0;
    if (RARE(chain->kept > chain->limit))
        return hash_innermost(chain);
    return chain->frames[chain->kept - 1].hash;
}

/* At first often, later every 256th time: Python may be long in starting. */
static __attribute__((noinline, cold)) bool learn_slow(struct chain *chain)
{
    uint64_t turn = chain->walks++;
    if (((turn & (turn - 1)) && turn % 256 != 0) || !cpython_is_here())
        return false;
    int saved = errno;
    long able = sandbox_is_closed() ? -1 : syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
    if (able < 0 || !(able & MEMBARRIER_CMD_GLOBAL))
        atomic_store(&needs_barrier, true);
    errno = saved;
    cpython_learn();
    return cpython_is_ready();
}

static inline void begin_reading(struct chain *chain)
{
    atomic_store_explicit(&chain->is_reading, true, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    if (RARE(atomic_load_explicit(&needs_barrier, memory_order_relaxed)))
        atomic_exchange(&chain->is_reading, true); /* a fence, which the thread sanitizer knows */
}

/* Call after begin_reading. */
static inline bool may_read(void)
{
    return atomic_load(&cpython_stage) == CPYTHON_READY && !cpython_finalizing();
}

uint64_t chain_take(struct chain *chain, const struct unwind *unwind, uintptr_t hook)
{
    uint64_t hash = 0;
    if (RARE(!cpython_is_ready()) && !learn_slow(chain))
        return chain->kept = 0;
    if (!cpython_filed())
        return chain->kept = 0; /* no thread of Python's */
    begin_reading(chain);
    uintptr_t at = may_read() ? chain_innermost(chain, unwind, hook) : 0;
    if (at)
        hash = chain_walk(chain, at);
    else
        chain->kept = 0;
    atomic_store_explicit(&chain->is_reading, false, memory_order_release);
    return hash;
}

/* ---- when Python ends, or is unloaded ---------------------------------------------------------
 */

/* Readers run some hundred instructions, so they are soon done. A reader that a signal handler has
 * left for ever is not waited for twice. */
static __attribute__((noinline, cold)) void wait_for_readers(void)
{
    unsigned waits = 0;
    int saved = errno;
    if (sandbox_is_closed())
        return; /* readers see that Python ends; only one that has just begun may be too late */
    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
    errno = saved;
    for (struct chain *chain = atomic_load(&first); chain; chain = chain->next)
        while (atomic_load(&chain->is_reading) && waits++ < MOST_WAITS)
            sched_yield();
}

void chain_before_unmap(void)
{
    static _Atomic uintptr_t waited_for;
    uintptr_t end = cpython_is_ready() ? cpython_finalizing() : 0;
    if (end && atomic_exchange(&waited_for, end) != end)
        wait_for_readers();
}

void chain_before_unload(void)
{
    if (cpython_leave_ended())
        wait_for_readers();
}
