/* chain.h -- HOT PATH: the Python frames of the calling thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_CHAIN_H
#define PYTHON_CHAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "python/cpython.h"
#include "python/pycode.h"
#include "unwind/unwind.h"

/* A frame of the last chain, and the data that was read there. */
struct chain_frame {
    uintptr_t frame;
    uintptr_t code, instruction;
    uint64_t key;  /* of the place: of these two, and of what the code says of itself; 0: an entry
                      frame */
    uint64_t hash; /* of the keys of this and all outer frames */
};

#define CHAIN_MOST  1024 /* frames that are kept; frames further out are not read */
#define CHAIN_SLOTS 256

/* The calling thread's, and the list of all: never freed. */
struct chain {
    struct chain *next;
    atomic_bool is_reading; /* frames of it may be read at this moment */
    unsigned limit;         /* HEAPDIFF_DEPTH: frames that a stack may have */
    unsigned kept;          /* frames of the last chain */
    uintptr_t outside;      /* the caller of the outermost one, when there were too many; else 0 */
    uintptr_t cframe;       /* the innermost C frame; 0: there is none in this version */
    uint64_t walks;
    uint16_t slots[CHAIN_SLOTS];           /* by address of a frame: where it may stand in frames */
    uintptr_t fresh[CHAIN_MOST];           /* frames that are being found, innermost first */
    struct chain_frame frames[CHAIN_MOST]; /* outermost first */
    struct pycode_room room;               /* for names */
};

/* A chain for the calling thread; NULL: no memory. */
struct chain *chain_begin(unsigned limit);

/* A new thread has taken it over. */
void chain_reset(struct chain *chain);

/* In a forked child, whose only thread is not reading: the others do not exist. */
void chain_forked(void);

/* Reads the calling thread's chain. HOOK is the frame pointer of the hook, UNWIND the unwinder that
 * has just run from there. Returns a hash of the innermost frames, as many as a stack may have; 0:
 * there are none. Takes no lock, does not allocate, makes no system call once CPython is known. */
uint64_t chain_take(struct chain *chain, const struct unwind *unwind, uintptr_t hook);

/* Call before memory is unmapped: when Python is ending, waits until no thread reads frames there.
 */
void chain_before_unmap(void);

/* Call before a module is unloaded: after the end of Python, waits for readers and stops reading.
 */
void chain_before_unload(void);

#endif
