/* cpython.h -- CPython in this process: which one it is, and where its structures have what.
 *
 * The stack of an interpreted function is not on the C stack; CPython keeps it as a chain of frames
 * that hangs on the thread's state. What is needed of its structures has stood at the same offsets
 * in all releases of a minor version, so there is a row for each; what has none is left alone. Rows
 * were read from the headers of 3.9.18, 3.10.13, 3.11.2, 3.11.7, 3.12.1 and 3.13.0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_CPYTHON_H
#define PYTHON_CPYTHON_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Offsets in bytes. */
struct cpython_layout {
    uint32_t version;            /* 0x030b: 3.11 */
    uint16_t runtime_finalizing; /* in _PyRuntime: not NULL from the beginning of the end on */
    /* in PyThreadState */
    uint16_t state_thread; /* whose it is: a pthread_t */
    uint16_t state_cframe; /* what the interpreter keeps on the C stack; 0: nothing */
    uint16_t state_frame;  /* the innermost frame; 0: the C frame has it */
    /* in _PyCFrame, one for each running _PyEval_EvalFrameDefault */
    uint16_t cframe_frame;    /* the innermost frame */
    uint16_t cframe_previous; /* the next one outwards */
    /* in _PyInterpreterFrame; before 3.11, in PyFrameObject */
    uint16_t frame_previous; /* the caller */
    uint16_t frame_code;
    uint16_t frame_instruction;
    uint16_t frame_owner; /* a byte: who has the frame; 0: calls have no entry frames */
    /* in PyCodeObject */
    uint16_t code_first_line;
    uint16_t code_file;
    uint16_t code_name; /* the qualified name, from 3.11 on */
    uint16_t code_lines;
    uint16_t code_instructions; /* they begin here; 0: the frame has a number instead */
    /* texts: where the characters begin */
    uint16_t text_ascii, text_other;
};

/* Of PyObject and its kin, in all versions. */
#define CPYTHON_TYPE        8  /* in PyObject */
#define CPYTHON_SIZE        16 /* in PyVarObject, and of a text in characters */
#define CPYTHON_TEXT_HASH   24
#define CPYTHON_TEXT_STATE  32
#define CPYTHON_BYTES       32 /* in PyBytesObject: the bytes */
#define CPYTHON_ENTRY_OWNER 3  /* frame_owner of a frame that stands for a C call (3.12) */

struct cpython {
    struct cpython_layout layout;
    uintptr_t runtime, runtime_end;   /* _PyRuntime */
    uintptr_t eval_start, eval_end;   /* _PyEval_EvalFrameDefault */
    uintptr_t code_type, text_type;   /* PyCode_Type, PyUnicode_Type */
    pthread_key_t key;                /* thread-specific data: the thread's PyThreadState */
    const _Atomic uint64_t *key_word; /* of CPython's own: whether the key is in use, and the key */
    uint64_t key_value;               /* what stands there while it is */
};

/* Whole when cpython_is_ready. */
extern struct cpython cpython;

enum cpython_stage {
    CPYTHON_UNKNOWN, /* not seen yet */
    CPYTHON_HERE,    /* it is loaded; no thread of it was seen */
    CPYTHON_READY,   /* all is known */
    CPYTHON_REFUSED, /* not as it should be, or unloaded: left alone for ever */
};
extern _Atomic int cpython_stage;

/* NULL for a version (0x030b: 3.11) that is not known. */
const struct cpython_layout *cpython_layout_of(uint32_t version);

/* Is there a CPython that may be read? Looks at modules that have come since the last time. Takes
 * no lock and asks nobody; for slow paths. */
bool cpython_is_here(void);

/* Finds, in a thread of Python's, what else must be known: its key, and whether the chain of this
 * very thread looks as the layout says. Some µs; for slow paths. Nothing is trusted to be there. */
void cpython_learn(void);

static inline bool cpython_is_ready(void)
{
    return atomic_load_explicit(&cpython_stage, memory_order_acquire) == CPYTHON_READY;
}

/* Before a dlclose: a Python that has ended may be what is unloaded, and is left alone for ever.
 * True when that is new: readers may be in the middle. */
bool cpython_leave_ended(void);

/* After a dlclose: leaves it alone if it is what was unloaded. */
void cpython_check_unloaded(void);

/* What the calling thread has filed under CPython's key, its PyThreadState or what somebody has put
 * there since; 0: nothing. Reads no memory of CPython's. When ready only. */
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
    const struct cpython_layout *layout = &cpython.layout;
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
