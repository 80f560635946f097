/* cpython.h -- CPython in this process: which one it is, and where its threads' states are.
 *
 * The stack of an interpreted function is not on the C stack: CPython keeps it as a chain of frames
 * that hangs on the thread's state.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_CPYTHON_H
#define PYTHON_CPYTHON_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "python/layout.h"

/* Of PyObject and its kin, in all versions. */
#define CPYTHON_TYPE        8  /* in PyObject */
#define CPYTHON_SIZE        16 /* in PyVarObject, and of a text in characters */
#define CPYTHON_TEXT_HASH   24
#define CPYTHON_TEXT_STATE  32
#define CPYTHON_BYTES       32 /* in PyBytesObject: the bytes */
#define CPYTHON_ENTRY_OWNER 3  /* frame_owner of a frame that stands for a C call (3.12) */

struct cpython {
    struct layout layout;
    uintptr_t runtime, runtime_end;   /* _PyRuntime */
    uintptr_t eval_start, eval_end;   /* _PyEval_EvalFrameDefault */
    uintptr_t code_type, text_type;   /* PyCode_Type, PyUnicode_Type */
    pthread_key_t key;                /* thread-specific data: the thread's PyThreadState */
    const _Atomic uint64_t *key_word; /* of CPython's own: whether the key is in use, and the key */
    uint64_t key_value;               /* its value while it is in use */
};

/* Whole when cpython_is_ready. */
extern struct cpython cpython;

enum cpython_stage {
    CPYTHON_UNKNOWN, /* not seen yet */
    CPYTHON_HERE,    /* it is loaded; no thread of it was seen */
    CPYTHON_READY,   /* all is known */
    CPYTHON_REFUSED, /* not as expected, or unloaded: left alone for ever */
};
extern _Atomic int cpython_stage;

/* Is there a CPython whose memory may be read? Checks modules that were loaded since the last call.
 * Takes no lock and makes no call; for slow paths. */
bool cpython_is_here(void);

/* Learns the rest in a thread of Python's: its key, and whether the chain of this very thread looks
 * as the layout says. Takes some µs; for slow paths. No memory is assumed to be there. */
void cpython_learn(void);

static inline bool cpython_is_ready(void)
{
    return atomic_load_explicit(&cpython_stage, memory_order_acquire) == CPYTHON_READY;
}

/* Call before a dlclose, which may unload a Python that has ended: that Python is left alone for
 * ever. True when that is new: readers may be in the middle. */
bool cpython_leave_ended(void);

/* Call after a dlclose: leaves Python alone if it was unloaded. */
void cpython_check_unloaded(void);

/* The calling thread's data under CPython's key: its PyThreadState, or other data if the key was
 * used again; 0: nothing. Reads no memory of CPython's. When ready only. */
static inline uintptr_t cpython_filed(void)
{
    return (uintptr_t)pthread_getspecific(cpython.key);
}

/* The calling thread's PyThreadState; 0: it has none. When ready only. */
static inline uintptr_t cpython_thread_state(void)
{
    uintptr_t state = cpython_filed();
    bool in_use =
        state && atomic_load_explicit(cpython.key_word, memory_order_relaxed) == cpython.key_value;
    return in_use ? state : 0;
}

/* From here on the states and frames of other threads than the one that ends Python may vanish.
 * When ready only. */
static inline uintptr_t cpython_finalizing(void)
{
    const _Atomic uintptr_t *word =
        (const _Atomic uintptr_t *)(cpython.runtime + cpython.layout.runtime_finalizing);
    return atomic_load(word);
}

/* A word of CPython's, which must be there. */
static inline uintptr_t cpython_word(uintptr_t address)
{
    return *(const uintptr_t *)address;
}

/* The instruction that a frame is at: an address, before 3.11 a number. */
static inline uintptr_t cpython_instruction(uintptr_t frame)
{
    const struct layout *layout = &cpython.layout;
    return layout->code_instructions ? cpython_word(frame + layout->frame_instruction)
                                     : *(const uint32_t *)(frame + layout->frame_instruction);
}

/* A frame that stands for the call of the interpreter by C, and lies on the C stack. */
static inline bool cpython_is_entry(uintptr_t frame)
{
    uint16_t owner = cpython.layout.frame_owner;
    return owner && *(const uint8_t *)(frame + owner) == CPYTHON_ENTRY_OWNER;
}

#endif
