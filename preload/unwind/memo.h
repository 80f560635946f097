/* memo.h -- HOT PATH: inner ends of stacks that this thread has found before.
 *
 * A program that allocates in turn on a few ways shares the outer frames between them and differs
 * in the inner ones. A memo keeps the frames between the hook and the frame where a walk met the
 * last stack. It is valid again when all words that went into it are unchanged: then frames are
 * only compared, not found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_MEMO_H
#define UNWIND_MEMO_H

#include <string.h>

#include "unwind/unwind.h"

#define MEMO_FRAMES 12 /* longer ends are not kept: nine of ten have fewer */
#define MEMO_ROWS   32
#define MEMO_WAYS   4

/* The frame that was met, and the frames inside of it, outermost first. */
struct unwind_memo {
    uint64_t hash;    /* of the frame that was met */
    uint32_t sp;      /* its stack pointer */
    uint32_t bp_slot; /* where its rbp is read on this way */
    uint32_t index;   /* its place among the frames of the last stack */
    uint32_t count;   /* 0: empty */
    struct unwind_frame frames[MEMO_FRAMES];
};

/* A program that seldom comes the same way again would pay for the memo in cache misses: every hit
 * earns, every miss costs, and when nothing is left the memo rests before it is tried again. */
#define MEMO_MOST  1024
#define MEMO_TRIAL 256
#define MEMO_REST  8192

#define MEMO_SIZE (sizeof(struct unwind_memo) * MEMO_ROWS * MEMO_WAYS)

/* The frame needs its rbp: some way outwards from it leads through that register. */
static inline bool memo_needs_bp(const struct unwind_frame *frame)
{
    return frame->bp_slot != frame->sp - 8;
}

static inline uintptr_t memo_word(const struct unwind *unwind, uint32_t offset)
{
    return *(const uintptr_t *)(unwind->base + offset);
}

static inline uintptr_t memo_changed(const struct unwind *unwind, const struct unwind_frame *frame)
{
    return (memo_word(unwind, frame->sp - 8) ^ frame->pc) |
           (memo_word(unwind, frame->bp_slot) ^ frame->bp);
}

/* How many of the outermost of these frames still stand. Four at a time, written out: the loads do
 * not wait for each other, and compilers leave a loop a loop. */
static inline unsigned memo_standing(const struct unwind *unwind, const struct unwind_frame *frames,
                                     unsigned count)
{
    const struct unwind_frame *at = frames, *end = frames + count;
    for (; end - at >= 4; at += 4)
        if (memo_changed(unwind, &at[0]) | memo_changed(unwind, &at[1]) |
            memo_changed(unwind, &at[2]) | memo_changed(unwind, &at[3]))
            break;
    while (at < end && !memo_changed(unwind, at))
        at++;
    return (unsigned)(at - frames);
}

static inline struct unwind_memo *memo_row(const struct unwind *unwind, uintptr_t pc, uint32_t sp)
{
    uint64_t mixed = (pc ^ (uint64_t)sp << 24) * 0x9e3779b97f4a7c15ull;
    return &unwind->memo[(mixed >> 59) % MEMO_ROWS * MEMO_WAYS];
}

/* Is the memo of use? To be called once a walk. */
static inline bool memo_is_worth(struct unwind *unwind)
{
    if (unwind->credit > 0)
        return true;
    if (--unwind->credit < -MEMO_REST)
        unwind->credit = MEMO_TRIAL;
    return false;
}

static inline void memo_judge(struct unwind *unwind, bool found)
{
    if (!found)
        unwind->credit--;
    else if (unwind->credit < MEMO_MOST)
        unwind->credit++;
}

/* Is this the way on which the hook was called, joining one of the first `kept` frames? */
static inline bool memo_holds(const struct unwind *unwind, const struct unwind_memo *memo,
                              uintptr_t pc, uint32_t sp, unsigned kept)
{
    if (!memo->count || memo->index >= kept)
        return false;
    const struct unwind_frame *leaf = &memo->frames[memo->count - 1];
    const struct unwind_frame *met = &unwind->frames[memo->index];
    return leaf->pc == pc && leaf->sp == sp && met->hash == memo->hash && met->sp == memo->sp &&
           memo_word(unwind, met->sp - 8) == met->pc &&
           (!memo_needs_bp(met) || memo_word(unwind, memo->bp_slot) == met->bp) &&
           memo_standing(unwind, memo->frames, memo->count) == memo->count;
}

/* The entry of the way on which the hook was called, if it is known; NULL otherwise. */
static inline const struct unwind_memo *memo_find(const struct unwind *unwind, uintptr_t pc,
                                                  uint32_t sp, unsigned kept)
{
    const struct unwind_memo *row = memo_row(unwind, pc, sp);
    for (unsigned way = 0; way < MEMO_WAYS; way++)
        if (memo_holds(unwind, &row[way], pc, sp, kept))
            return &row[way];
    return NULL;
}

/* Keeps the frames inside of frames[met], which is joined with its rbp at bp_slot. */
static inline void memo_keep(struct unwind *unwind, unsigned met, uint32_t bp_slot)
{
    unsigned count = unwind->kept - met - 1;
    const struct unwind_frame *leaf = &unwind->frames[unwind->kept - 1];
    if (unwind->credit <= 0 || count < 2 || count > MEMO_FRAMES)
        return;
    struct unwind_memo *memo = &memo_row(unwind, leaf->pc, leaf->sp)[unwind->turn++ % MEMO_WAYS];
    memo->hash = unwind->frames[met].hash;
    memo->sp = unwind->frames[met].sp;
    memo->bp_slot = bp_slot;
    memo->index = met;
    memo->count = count;
    memcpy(memo->frames, &unwind->frames[met + 1], count * sizeof *memo->frames);
}

#endif
