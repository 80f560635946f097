/* unwind.h -- From a hook's frame to the return addresses of its callers.
 *
 * CMake chooses one of two bodies: fast.c (x86-64: rules cached per return address, the last
 * stack's outer frames used again) with libunwind behind it for code that it does not understand,
 * and portable.c (libunwind alone). They give the same frames; a test compares them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_UNWIND_H
#define UNWIND_UNWIND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One frame of the thread's last stack. It is certain while the word below sp is pc and the word at
 * bp_slot is bp: nothing else goes into the step from its callee to it. Where no way outwards leads
 * through rbp, bp_slot and bp say what sp and pc say already.
 * Places on the stack are offsets from unwind->base, so that two frames fit into a cache line. */
struct unwind_frame {
    uintptr_t pc;     /* return address into the frame's function */
    uintptr_t bp;     /* rbp in the frame */
    uint64_t hash;    /* of this and all outer frames */
    uint32_t sp;      /* stack pointer in the frame, after the call has returned */
    uint32_t bp_slot; /* where bp was read */
};

struct unwind_step; /* a frame that is being found; unwind/fast.c */
struct unwind_memo; /* inner ends of stacks that were found before; unwind/memo.h */

/* The calling thread's unwinder. */
struct unwind {
    uintptr_t low, high; /* the thread's own stack; frames elsewhere are not kept */
    uintptr_t base;      /* 4 GiB below high */
    unsigned kept;       /* frames of the last stack: those asked for, and some further out */
    unsigned depth;      /* the innermost ones of these, at most limit */
    unsigned limit;      /* HEAPDIFF_DEPTH */
    unsigned turn;       /* which entry of a row of the memo is given up next */
    int credit;          /* how much the memo has been of use lately */
    uint32_t memory;     /* rules_changes that the memo belongs to */
    bool truncated;      /* there were more frames, or the unwinder gave up */
    bool open;           /* there are frames further out than the kept ones */
    bool broken;         /* the outermost kept frame leads to nonsense */
    uint64_t guessed;    /* frames found by frame pointer alone, for want of tables */
    struct unwind_frame *frames; /* outermost first */
    struct unwind_step *steps;
    struct unwind_memo *memo;
};

/* Prepares the unwinder; once, in the constructor. */
void unwind_init(void);

/* Bytes of zeroed room that an unwinder needs for this limit. */
size_t unwind_room(unsigned limit);

/* Prepares the calling thread's: finds its stack. */
void unwind_begin(struct unwind *unwind, unsigned limit, void *room);

/* Unwinds from the caller of the hook whose frame pointer is frame; the result is in *unwind until
 * the next call. Returns a hash of the frames. Takes no lock that a thread may hold while it
 * allocates, does not allocate, reads nothing but the stack. */
uint64_t unwind_take(struct unwind *unwind, uintptr_t frame);

/* The last stack's return addresses, leaf first: depth of them, which is returned. */
static inline unsigned unwind_copy(const struct unwind *unwind, uintptr_t *addresses)
{
    for (unsigned i = 0; i < unwind->depth; i++)
        addresses[i] = unwind->frames[unwind->kept - 1 - i].pc;
    return unwind->depth;
}

/* False: no frame of this thread was ever outside of all modules. */
bool unwind_may_have_left_modules(const struct unwind *unwind);

/* Addresses have changed their meaning (a module came or went): rules are looked up afresh. */
void unwind_forget(void);

/* The reference: libunwind, for one stack. Fills unwind as unwind_take does. */
uint64_t unwind_take_reference(struct unwind *unwind, uintptr_t frame);

#endif
