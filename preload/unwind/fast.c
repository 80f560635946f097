/* fast.c -- HOT PATH: unwinding by cached rules and by valid parts of the last stack.
 *
 * A step needs the return address (it leads to the rule), rsp and rbp; these and the two words that
 * the callee saved determine the caller. So when a new walk arrives at a frame of the last stack
 * with the same three values, everything outside of it is as before, if the saved words are as
 * before. The last stack keeps where they were read from, and the check has no chain of dependent
 * loads. A loop that allocates at depth 24 costs one comparison and 23 checks, no step at all.
 *
 * rbp is a general register in code without frame pointers and may change while the frames do not;
 * it is compared only where some outer frame's rule goes through it.
 *
 * Where the inner end differs from the last one, it often equals an earlier one: memo.h.
 *
 * Of a stack deeper than the limit up to twice as many frames are kept, so that a deep recursion
 * finds its outer frames again too.
 *
 * x86-64 only; code that cfi.c does not understand goes to libunwind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/jvm.h"
#include "tables/stacks.h" /* stacks_hash_add */
#include "unwind/bounds.h"
#include "unwind/memo.h"
#include "unwind/rules.h"
#include "unwind/unwind.h"

#define RARE(x) __builtin_expect(!!(x), 0)
#define REACH   (((uintptr_t)1 << 32) - 64) /* how far a stack is looked at: offsets have 32 bits */

/* A frame that is being found. */
struct unwind_step {
    uintptr_t pc, bp;
    uint32_t sp, bp_slot;
    uint64_t rule; /* how its caller is found; unwind/rules.h */
};

/* Frames that may be kept and those of a new walk: twice the limit each. */
size_t unwind_room(unsigned limit)
{
    return (size_t)limit * (4 * sizeof(struct unwind_frame) + 2 * sizeof(struct unwind_step)) +
           MEMO_SIZE;
}

void unwind_begin(struct unwind *unwind, unsigned limit, void *room)
{
    *unwind = (struct unwind){.limit = limit, .frames = room};
    unwind->steps = (struct unwind_step *)(void *)(unwind->frames + 4 * (size_t)limit);
    unwind->memo = (struct unwind_memo *)(void *)(unwind->steps + 2 * (size_t)limit);
    unwind->credit = MEMO_TRIAL;
    unwind->memory = rules_changes() - 1; /* data of an ended thread is of no use */
    bounds_of_thread(&unwind->low, &unwind->high);
    unwind->base = unwind->high - REACH;
    if (unwind->high > REACH && unwind->low < unwind->base)
        unwind->low = unwind->base;
}

bool unwind_may_have_left_modules(const struct unwind *unwind)
{
    return unwind->guessed > 0;
}

void unwind_forget(void)
{
    rules_forget();
}

/* A walk in progress. Steps are found innermost first. */
struct walk {
    unsigned count;
    unsigned kept; /* frames of the last stack that may be met */
    bool verified; /* the first `kept` frames have been checked */
};

/* Has the walk arrived at a frame of the last stack whose outside is as before? */
static inline bool fast_meets(const struct unwind *unwind, struct walk *walk,
                              const struct unwind_step *at)
{
    const struct unwind_frame *frames = unwind->frames;
    while (walk->kept && frames[walk->kept - 1].sp < at->sp)
        walk->kept--;
    if (!walk->kept)
        return false;
    const struct unwind_frame *last = &frames[walk->kept - 1];
    if (last->sp != at->sp || last->pc != at->pc || (memo_needs_bp(last) && last->bp != at->bp))
        return false;
    if (!walk->verified) {
        unsigned standing = memo_standing(unwind, frames, walk->kept - 1);
        walk->verified = true;
        if (standing < walk->kept - 1) {
            walk->kept = standing;
            return false;
        }
    }
    return true;
}

/* Puts the new frames, outermost first, behind the kept ones. */
static inline void fast_join(struct unwind *unwind, const struct walk *walk)
{
    unsigned kept = walk->kept;
    struct unwind_frame *outer = kept ? &unwind->frames[kept - 1] : NULL;
    bool needed = outer && memo_needs_bp(outer);
    uint64_t hash = outer ? outer->hash : 0;
    if (needed)
        outer->bp_slot = unwind->steps[walk->count].bp_slot;
    for (unsigned i = walk->count; i-- > 0;) {
        const struct unwind_step *step = &unwind->steps[i];
        struct unwind_frame *frame = &unwind->frames[kept++];
        enum rule_kind kind = rule_kind(step->rule);
        needed = kind == RULE_BP || kind == RULE_GUESS || kind == RULE_METHOD ||
                 (needed && !rule_saved_bp(step->rule));
        hash = stacks_hash_add(hash, step->pc);
        frame->pc = step->pc; /* NOLINT: unwind_begin gave it frames */
        frame->bp = needed ? step->bp : step->pc;
        frame->hash = hash;
        frame->sp = step->sp;
        frame->bp_slot = needed ? step->bp_slot : step->sp - 8;
    }
    unwind->kept = kept;
    if (outer)
        memo_keep(unwind, walk->kept - 1, unwind->steps[walk->count].bp_slot);
}

/* The caller of a frame. False at the outermost frame, and, with *broken, where the chain ends in
 * nonsense. */
static inline bool fast_step(const struct unwind *unwind, const struct unwind_step *at,
                             struct unwind_step *caller, bool *broken)
{
    enum rule_kind kind = rule_kind(at->rule);
    uintptr_t saved = rule_saved_bp(at->rule);
    if (RARE(kind == RULE_END))
        return false;
    uintptr_t sp = unwind->base + at->sp;
    uintptr_t cfa = (kind == RULE_SP ? sp : at->bp) + rule_cfa(at->rule);
    *broken = cfa <= sp || cfa > unwind->high || cfa % 8 != 0;
    if (RARE(*broken))
        return false;
    caller->sp = (uint32_t)(cfa - unwind->base);
    caller->pc = *(const uintptr_t *)(cfa - 8);
    caller->bp_slot = saved ? (uint32_t)(cfa - saved - unwind->base) : at->bp_slot;
    caller->bp = saved ? *(const uintptr_t *)(cfa - saved) : at->bp;
    return caller->pc != 0;
}

/* Between a frame of the interpreter and its caller stands its method: a frame that has the
 * method's address in place of a return address, in a slot that can be checked like one. The way
 * outwards from it is that of the interpreter's frame. */
static __attribute__((noinline)) bool
enter_method(const struct unwind *unwind, const struct unwind_step *at, struct unwind_step *method)
{
    uintptr_t slot = at->bp - JVM_METHOD_BELOW;
    if (slot % 8 != 0 || slot < unwind->base + at->sp || slot >= unwind->high)
        return false;
    *method = *at;
    method->pc = *(const uintptr_t *)slot;
    method->sp = (uint32_t)(slot + 8 - unwind->base);
    return method->pc >> 47 == 0 && method->pc > 4096 && method->pc % 8 == 0;
}

/* Of a stack deeper than the limit the innermost frames are given out, and their hash must not
 * depend on the others. */
static __attribute__((noinline, cold)) uint64_t cut_slow(struct unwind *unwind)
{
    unsigned most = 2 * unwind->limit, rest = unwind->limit + unwind->limit / 2;
    uint64_t hash = 0;
    if (unwind->kept > most) {
        memmove(unwind->frames, unwind->frames + unwind->kept - rest,
                rest * sizeof *unwind->frames);
        unwind->kept = rest;
        unwind->open = true;
        unwind->broken = false;
    }
    unwind->depth = unwind->kept < unwind->limit ? unwind->kept : unwind->limit;
    unwind->truncated = true;
    for (unsigned i = unwind->kept - unwind->depth; i < unwind->kept; i++)
        hash = stacks_hash_add(hash, unwind->frames[i].pc);
    return hash;
}

static inline uint64_t fast_finish(struct unwind *unwind)
{
    unwind->depth = unwind->kept;
    unwind->truncated = false;
    if (RARE(unwind->open || unwind->broken || unwind->kept > unwind->limit))
        return cut_slow(unwind);
    return unwind->kept ? unwind->frames[unwind->kept - 1].hash : 0;
}

/* The last stack cannot be met any more, and the rules in the memo may be wrong. */
static __attribute__((noinline, cold)) void memo_reset(struct unwind *unwind)
{
    memset(unwind->memo, 0, MEMO_SIZE);
    unwind->memory = rules_changes();
}

/* The inner end is one that was seen before. */
static inline bool fast_recall(struct unwind *unwind, struct walk *walk,
                               const struct unwind_step *leaf)
{
    if (RARE(unwind->memory != rules_changes()))
        memo_reset(unwind);
    const struct unwind_memo *memo = memo_find(unwind, leaf->pc, leaf->sp, walk->kept);
    memo_judge(unwind, memo);
    if (!memo ||
        (!walk->verified && memo_standing(unwind, unwind->frames, memo->index) != memo->index))
        return false;
    struct unwind_frame *met = &unwind->frames[memo->index];
    if (memo_needs_bp(met))
        met->bp_slot = memo->bp_slot;
    memcpy(met + 1, memo->frames, memo->count * sizeof *met);
    unwind->kept = memo->index + 1 + memo->count;
    return true;
}

/* One frame outwards: to its caller, or to the method in between. */
static inline bool fast_advance(const struct unwind *unwind, struct unwind_step *at,
                                bool *is_method, bool *broken)
{
    *is_method = RARE(rule_kind(at->rule) == RULE_METHOD) && enter_method(unwind, at, at + 1);
    return *is_method || fast_step(unwind, at, at + 1, broken);
}

/* Walks from the leaf outwards until a frame of the last stack is met, or to the end. False: only
 * libunwind knows the way. */
static inline bool fast_find(struct unwind *unwind, struct walk *walk)
{
    struct unwind_step *at = unwind->steps;
    bool broken = false, is_method = false;
    do {
        at->rule = RARE(is_method) ? rule_make(RULE_GUESS, 16, 16) : rules_find(at->pc);
        if (RARE(rule_kind(at->rule) == RULE_COMPLEX))
            return false;
        unwind->guessed += rule_kind(at->rule) == RULE_GUESS;
        walk->count++;
        bool open = walk->count == 2 * unwind->limit;
        if (open || !fast_advance(unwind, at, &is_method, &broken)) {
            unwind->open = open;
            unwind->broken = broken;
            walk->kept = 0;
            return true;
        }
        at++;
    } while (!fast_meets(unwind, walk, at));
    return true;
}

uint64_t unwind_take(struct unwind *unwind, uintptr_t hook)
{
    const uintptr_t *words = (const uintptr_t *)hook;
    struct walk walk = {.kept = unwind->kept};
    struct unwind_step *leaf = unwind->steps;
    if (RARE(hook < unwind->low || hook >= unwind->high))
        return unwind_take_reference(unwind, hook); /* a signal stack, a coroutine */
    leaf->pc = words[1];
    leaf->bp = words[0];
    leaf->sp = (uint32_t)(hook + 16 - unwind->base);
    leaf->bp_slot = (uint32_t)(hook - unwind->base);
    if (fast_meets(unwind, &walk, leaf)) {
        unwind->kept = walk.kept;
    } else if (!memo_is_worth(unwind) || !fast_recall(unwind, &walk, leaf)) {
        if (!fast_find(unwind, &walk))
            return unwind_take_reference(unwind, hook);
        fast_join(unwind, &walk);
    }
    if (RARE(unwind->open && unwind->kept < unwind->limit)) {
        unwind->kept = 0; /* frames that were given up are wanted again */
        unwind->open = false;
        return unwind_take(unwind, hook);
    }
    return fast_finish(unwind);
}
