/* unwind.h -- From a hook's frame to the return addresses of its callers.
 *
 * Two bodies, chosen by CMake: fast.c (x86-64: rules cached per return address, the last stack's
 * outer frames used again) with libunwind behind it for what it does not understand, and
 * portable.c (libunwind alone). They give the same frames; a test compares them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNWIND_UNWIND_H
#define UNWIND_UNWIND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One frame of the thread's last stack. A frame is certain while the words behind pc_slot and
 * bp_slot are what they were: nothing else goes into the step from its callee to it. */
struct unwind_frame {
    uintptr_t pc;             /* return address into the frame's function */
    uintptr_t bp;             /* rbp in the frame */
    const uintptr_t *pc_slot; /* where pc was read: just below sp */
    const uintptr_t *bp_slot; /* where bp was read; &bp when nobody outside needs it */
    uintptr_t sp;             /* stack pointer in the frame, after the call has returned */
    uint64_t hash;            /* of this and all outer frames */
    uint64_t rule;            /* how its caller was found; unwind/rules.h */
    uint64_t needs_bp;        /* 1: the way to the outermost frame depends on bp */
};

/* The calling thread's unwinder. */
struct unwind {
    uintptr_t low, high;         /* the thread's own stack; frames elsewhere are not kept */
    unsigned depth;              /* frames of the last stack */
    unsigned limit;              /* HEAPDIFF_DEPTH */
    bool truncated;              /* there were more frames, or the unwinder gave up */
    uint64_t guessed;            /* frames found by frame pointer alone, for want of tables */
    struct unwind_frame *frames; /* outermost first; room for UNWIND_ROOM(limit) */
};

/* Prepares the unwinder; once, in the constructor. */
void unwind_init(void);

/* The same for what only a thread of our own can do; before anything is recorded. */
void unwind_init_thread(void);

/* Frames that an unwinder needs room for: kept ones and new ones, which may be more than the limit
 * together, and the new ones again while they are being found. */
#define UNWIND_ROOM(limit) (3 * (size_t)(limit))

/* Prepares the calling thread's: finds its stack. */
void unwind_begin(struct unwind *unwind, unsigned limit, struct unwind_frame *frames);

/* Unwinds from the caller of the hook whose frame pointer is frame; the result is in *unwind until
 * the next call. Returns a hash of the frames. Takes no lock that a thread may hold while it
 * allocates, does not allocate, reads nothing but the stack. */
uint64_t unwind_take(struct unwind *unwind, uintptr_t frame);

/* The last stack's return addresses, leaf first: depth of them. */
void unwind_copy(const struct unwind *unwind, uintptr_t *addresses);

/* Addresses have changed their meaning (a module came or went): rules are looked up afresh. */
void unwind_forget(void);

/* The reference: libunwind, for one stack. Fills unwind as unwind_take does. */
uint64_t unwind_take_reference(struct unwind *unwind, uintptr_t frame);

#endif
