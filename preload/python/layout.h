/* layout.h -- Offsets in the structures of CPython, by version.
 *
 * They are the same in all releases of a minor version. Up to 3.12 there is a row for each version,
 * made from its headers (layouts.py). From 3.13 on CPython states them for debuggers: _PyRuntime
 * begins with a structure _Py_DebugOffsets. A version without a row in layouts.def is left alone,
 * because other things may have changed: in 3.14, for instance, a frame's pointer to its code has
 * flags in its lowest bits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_LAYOUT_H
#define PYTHON_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* Offsets in bytes. */
struct layout {
    uint32_t version;            /* 0x030b: 3.11 */
    uint16_t runtime_finalizing; /* in _PyRuntime: not NULL from the beginning of the end on */
    /* in PyThreadState */
    uint16_t state_thread; /* its thread: a pthread_t */
    uint16_t state_cframe; /* the innermost _PyCFrame, on the C stack; 0: the version has none */
    uint16_t state_frame;  /* the innermost frame; 0: the C frame has it */
    /* in _PyCFrame, one for each running _PyEval_EvalFrameDefault */
    uint16_t cframe_frame;    /* the innermost frame */
    uint16_t cframe_previous; /* the next one outwards */
    /* in _PyInterpreterFrame; before 3.11, in PyFrameObject */
    uint16_t frame_previous; /* the caller */
    uint16_t frame_code;
    uint16_t frame_instruction;
    uint16_t frame_owner; /* a byte: the kind of owner; 0: calls have no entry frames */
    /* in PyCodeObject */
    uint16_t code_first_line;
    uint16_t code_file;
    uint16_t code_name; /* the qualified name, from 3.11 on */
    uint16_t code_lines;
    uint16_t code_instructions; /* they begin here; 0: the frame has a number instead */
    /* texts: where the characters begin */
    uint16_t text_ascii, text_other;
};

#define LAYOUT_CODE_SIZE 144 /* bytes of a code object: the fields above but its instructions */

/* Positions in a version's _Py_DebugOffsets: of the fields of struct layout, and of offsets that
 * must be as in every other version (CPYTHON_TYPE and so on). */
struct layout_places {
    uint32_t version;
    uint16_t size; /* of the structure */
    uint16_t free_threaded, object_type, bytes, text_length, text_state;
    uint16_t runtime_finalizing, state_thread, state_frame;
    uint16_t frame_previous, frame_code, frame_instruction, frame_owner;
    uint16_t code_first_line, code_file, code_name, code_lines, code_instructions;
    uint16_t text_ascii;
};

/* NULL for a version (0x030d: 3.13) that does not state its offsets, or that is not known. */
const struct layout_places *layout_places_of(uint32_t version);

/* Fills LAYOUT for the CPython whose _PyRuntime lies at RUNTIME. False when its version is unknown,
 * or when the offsets that it states cannot be right. */
bool layout_find(uint32_t version, uintptr_t runtime, uintptr_t runtime_end, struct layout *layout);

#endif
