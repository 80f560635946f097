/* fast.c -- HOT PATH: unwinding by cached rules, and by what is still true of the last stack.
 *
 * A step needs the return address (it leads to the rule), rsp and rbp; from these and the two words
 * that the callee saved follows the caller. So once a new walk arrives at a frame of the last stack
 * with the same three values, everything outside of it is as before, if the saved words are as
 * before: the last stack keeps where they were read from, and the check has no chain of dependent
 * loads. A loop that allocates at depth 24 costs one comparison and 23 checks, no step at all.
 *
 * rbp is a general register in code without frame pointers and may change while the frames do not;
 * it is compared only where some outer frame's rule goes through it (needs_bp).
 *
 * x86-64 only; what cfi.c does not understand goes to libunwind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/stacks.h" /* stacks_hash_add */
#include "unwind/bounds.h"
#include "unwind/rules.h"
#include "unwind/unwind.h"

#define RARE(x) __builtin_expect(!!(x), 0)

void unwind_init_thread(void)
{
    bounds_learn();
}

void unwind_begin(struct unwind *unwind, unsigned limit, struct unwind_frame *frames)
{
    *unwind = (struct unwind){.limit = limit, .frames = frames};
    bounds_of_thread(&unwind->low, &unwind->high);
}

void unwind_forget(void)
{
    rules_forget();
}

void unwind_copy(const struct unwind *unwind, uintptr_t *addresses)
{
    for (unsigned i = 0; i < unwind->depth; i++)
        addresses[i] = unwind->frames[unwind->depth - 1 - i].pc;
}

static inline uintptr_t changed(const struct unwind_frame *frame)
{
    return (*frame->pc_slot ^ frame->pc) | (*frame->bp_slot ^ frame->bp);
}

/* How many of the outermost frames of the last stack still stand, of the first count. Four at a
 * time, written out: the loads do not wait for each other, and compilers leave a loop a loop. */
static inline unsigned still_true(const struct unwind_frame *frames, unsigned count)
{
    const struct unwind_frame *at = frames, *end = frames + count;
    for (; end - at >= 4; at += 4)
        if (changed(&at[0]) | changed(&at[1]) | changed(&at[2]) | changed(&at[3]))
            break;
    while (at < end && !changed(at))
        at++;
    return (unsigned)(at - frames);
}

/* A walk in progress: new frames lie in the last third of the room, innermost first. */
struct walk {
    struct unwind_frame *fresh;
    unsigned count;
    unsigned kept; /* frames of the last stack that may be met */
    bool verified; /* the first `kept` frames have been checked */
};

/* Has the walk arrived at a frame of the last stack whose outside is as before? */
static inline bool meets(struct walk *walk, const struct unwind_frame *frames,
                         const struct unwind_frame *at)
{
    while (walk->kept && frames[walk->kept - 1].sp < at->sp)
        walk->kept--;
    if (!walk->kept)
        return false;
    const struct unwind_frame *last = &frames[walk->kept - 1];
    if (last->sp != at->sp || last->pc != at->pc || (last->needs_bp && last->bp != at->bp))
        return false;
    if (!walk->verified) {
        unsigned standing = still_true(frames, walk->kept - 1);
        walk->verified = true;
        if (standing < walk->kept - 1) {
            walk->kept = standing;
            return false;
        }
    }
    return true;
}

/* Puts the new frames, outermost first, behind the kept ones. */
static inline uint64_t join(struct unwind *unwind, struct walk *walk, unsigned kept)
{
    struct unwind_frame *outer = kept ? &unwind->frames[kept - 1] : NULL;
    for (unsigned i = walk->count; i-- > 0;) {
        struct unwind_frame *frame = &unwind->frames[kept++];
        *frame = walk->fresh[i];
        enum rule_kind kind = rule_kind(frame->rule);
        bool through_bp = kind == RULE_BP || kind == RULE_GUESS;
        uintptr_t saved = rule_saved_bp(frame->rule);
        frame->needs_bp = through_bp || (!saved && outer && outer->needs_bp);
        if (outer) /* where the frame's function has kept the caller's rbp */
            outer->bp_slot =
                outer->needs_bp && saved ? (const uintptr_t *)(outer->sp - saved) : &outer->bp;
        frame->bp_slot = &frame->bp;
        frame->hash = stacks_hash_add(outer ? outer->hash : 0, frame->pc);
        outer = frame;
    }
    unwind->depth = kept;
    return outer ? outer->hash : 0;
}

/* The caller of a frame. False at the outermost frame, and, with *broken, where the chain ends in
 * nonsense. */
static inline bool step(const struct unwind *unwind, struct unwind_frame *frame,
                        struct unwind_frame *caller, bool *broken)
{
    enum rule_kind kind = rule_kind(frame->rule);
    uintptr_t saved = rule_saved_bp(frame->rule);
    if (RARE(kind == RULE_END))
        return false;
    uintptr_t cfa = (kind == RULE_SP ? frame->sp : frame->bp) + rule_cfa(frame->rule);
    *broken = cfa <= frame->sp || cfa > unwind->high || cfa % 8 != 0;
    if (RARE(*broken))
        return false;
    caller->sp = cfa;
    caller->pc_slot = (const uintptr_t *)(cfa - 8);
    caller->pc = *caller->pc_slot;
    caller->bp = saved ? *(const uintptr_t *)(cfa - saved) : frame->bp;
    return caller->pc != 0;
}

/* A stack deeper than the limit: the frames nearest to the leaf remain, and their hash must not
 * depend on what was cut off. */
static __attribute__((noinline, cold)) uint64_t cut_slow(struct unwind *unwind)
{
    unsigned surplus = unwind->depth > unwind->limit ? unwind->depth - unwind->limit : 0;
    uint64_t hash = 0;
    for (unsigned i = surplus; i < unwind->depth; i++) {
        unwind->frames[i - surplus] = unwind->frames[i];
        unwind->frames[i - surplus].hash = hash = stacks_hash_add(hash, unwind->frames[i].pc);
    }
    unwind->depth -= surplus;
    unwind->truncated = true;
    return hash;
}

uint64_t unwind_take(struct unwind *unwind, uintptr_t hook)
{
    const uintptr_t *words = (const uintptr_t *)hook;
    struct walk walk = {.fresh = unwind->frames + 2 * unwind->limit, .kept = unwind->depth};
    struct unwind_frame *at = walk.fresh;
    bool broken = false, more = true;
    if (RARE(hook < unwind->low || hook >= unwind->high))
        return unwind_take_reference(unwind, hook); /* a signal stack, a coroutine */
    if (RARE(unwind->truncated))
        walk.kept = 0; /* what was cut off is not known */
    at->pc = words[1];
    at->bp = words[0];
    at->sp = hook + 16;
    at->pc_slot = words + 1;
    unwind->truncated = false;
    while (!meets(&walk, unwind->frames, at)) {
        at->rule = rules_find(at->pc);
        if (RARE(rule_kind(at->rule) == RULE_COMPLEX))
            return unwind_take_reference(unwind, hook);
        unwind->guessed += rule_kind(at->rule) == RULE_GUESS;
        walk.count++;
        more = walk.count < unwind->limit && step(unwind, at, at + 1, &broken);
        if (!more) {
            walk.kept = 0;
            break;
        }
        at++;
    }
    bool cut = broken || (walk.count == unwind->limit && rule_kind(at->rule) != RULE_END);
    uint64_t hash = join(unwind, &walk, walk.kept);
    return RARE(cut || unwind->depth > unwind->limit) ? cut_slow(unwind) : hash;
}
