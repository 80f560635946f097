/* python_memory.h -- Made-up memory of CPython: a thread's state, frames, code objects, texts.
 *
 * All of it is of one version, the one given to python_begin, and is never freed by a test.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_MEMORY_H
#define PYTHON_MEMORY_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "python/cpython.h"

static const uint32_t python_versions[] = {0x0309, 0x030a, 0x030b, 0x030c, 0x030d};
#define PYTHON_VERSIONS (sizeof python_versions / sizeof *python_versions)

static uint64_t python_runtime[512]; /* _PyRuntime; its key is at python_key */
static uint64_t *const python_key = &python_runtime[100];
static uintptr_t python_state, python_cframe; /* of the calling thread; the latter on the stack */

#define PYTHON_EACH(version)                                                                       \
    for (unsigned each = 0, version = 0;                                                           \
         each < PYTHON_VERSIONS && (version = python_versions[each]); each++)

/* What the made-up CPython of a version that states its offsets has where: as no release. */
static const struct layout PYTHON_MADE_UP = {.runtime_finalizing = 1000,
                                             .state_thread = 160,
                                             .state_frame = 80,
                                             .frame_previous = 16,
                                             .frame_code = 8,
                                             .frame_instruction = 64,
                                             .frame_owner = 79,
                                             .code_first_line = 60,
                                             .code_file = 104,
                                             .code_name = 136,
                                             .code_lines = 128,
                                             .code_instructions = 208,
                                             .text_ascii = 48,
                                             .text_other = 64};

static inline void python_put(uintptr_t object, unsigned offset, uintptr_t value)
{
    memcpy((void *)(object + offset), &value, sizeof value);
}

/* Zeroed. All objects are linked, for whoever looks for leaks. */
static inline uintptr_t python_object(size_t size)
{
    static void **last;
    void **object = (void **)calloc(1, 16 + size);
    if (!object)
        abort();
    *object = last;
    last = object;
    python_put((uintptr_t)object, 16, 1); /* an owner */
    return (uintptr_t)object + 16;
}

/* A str of characters below 128. */
static inline uintptr_t python_text(const char *characters)
{
    size_t length = strlen(characters);
    uintptr_t text = python_object(cpython.layout.text_other + length + 1), hash = 5381;
    for (const char *c = characters; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    python_put(text, CPYTHON_TYPE, cpython.text_type);
    python_put(text, CPYTHON_SIZE, length);
    python_put(text, CPYTHON_TEXT_HASH, hash);
    python_put(text, CPYTHON_TEXT_STATE, 1 << 2 | 1 << 5 | 1 << 6);
    memcpy((void *)(text + cpython.layout.text_ascii), characters, length);
    return text;
}

static inline uintptr_t python_bytes(const void *bytes, size_t size)
{
    uintptr_t object = python_object(CPYTHON_BYTES + size + 1);
    python_put(object, CPYTHON_SIZE, size);
    memcpy((void *)(object + CPYTHON_BYTES), bytes, size);
    return object;
}

/* A function of a file that begins in LINE and has no further lines. */
static inline uintptr_t python_code(const char *name, const char *file, int line)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t code = python_object(1024);
    python_put(code, CPYTHON_TYPE, cpython.code_type);
    python_put(code, layout->code_name, python_text(name));
    python_put(code, layout->code_file, python_text(file));
    python_put(code, layout->code_lines, python_bytes("", 0));
    memcpy((void *)(code + layout->code_first_line), &line, sizeof line);
    return code;
}

static inline void python_move(uintptr_t frame, uintptr_t code, unsigned instruction)
{
    const struct layout *layout = &cpython.layout;
    uint32_t number = instruction;
    python_put(frame, layout->frame_code, code);
    if (layout->code_instructions)
        python_put(frame, layout->frame_instruction,
                   code + layout->code_instructions + 2 * (uintptr_t)instruction);
    else
        memcpy((void *)(frame + layout->frame_instruction), &number, sizeof number);
}

static inline uintptr_t python_frame(uintptr_t caller, uintptr_t code)
{
    uintptr_t frame = python_object(256);
    python_put(frame, cpython.layout.frame_previous, caller);
    python_move(frame, code, 10);
    return frame;
}

/* Makes a frame of 3.12 and later the kind that stands for a call by C. */
static inline void python_make_entry(uintptr_t frame)
{
    *(uint8_t *)(frame + cpython.layout.frame_owner) = CPYTHON_ENTRY_OWNER;
}

/* The thread's chain begins with FRAME, 0: there is none; for the innermost C frame at CFRAME. */
static inline void python_run(uintptr_t frame, uintptr_t cframe)
{
    const struct layout *layout = &cpython.layout;
    python_cframe = cframe;
    if (layout->state_cframe)
        python_put(python_state, layout->state_cframe, cframe);
    if (layout->state_frame)
        python_put(python_state, layout->state_frame, frame);
    else
        python_put(cframe, layout->cframe_frame, frame);
}

/* Fills _PyRuntime; a version from 3.13 on begins with _Py_DebugOffsets. */
static inline void python_state_offsets(uint32_t version)
{
    const struct layout_places *at = layout_places_of(version);
    const struct layout *is = &PYTHON_MADE_UP;
    memset(python_runtime, 0, sizeof python_runtime);
    python_key[-3] = 1; /* as the note of key 0, which it is not */
    if (!at)
        return;
    const uint16_t words[][2] = {{at->object_type, CPYTHON_TYPE},
                                 {at->bytes, CPYTHON_BYTES},
                                 {at->text_length, CPYTHON_SIZE},
                                 {at->text_state, CPYTHON_TEXT_STATE},
                                 {at->runtime_finalizing, is->runtime_finalizing},
                                 {at->state_thread, is->state_thread},
                                 {at->state_frame, is->state_frame},
                                 {at->frame_previous, is->frame_previous},
                                 {at->frame_code, is->frame_code},
                                 {at->frame_instruction, is->frame_instruction},
                                 {at->frame_owner, is->frame_owner},
                                 {at->code_first_line, is->code_first_line},
                                 {at->code_file, is->code_file},
                                 {at->code_name, is->code_name},
                                 {at->code_lines, is->code_lines},
                                 {at->code_instructions, is->code_instructions},
                                 {at->text_ascii, is->text_ascii}};
    memcpy(python_runtime, "xdebugpy", 8);
    python_runtime[1] = (uint64_t)version << 16 | 0xf0;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        python_runtime[words[i][0] / 8] = words[i][1];
}

/* A process with CPython, of which this thread has not been seen yet (CPYTHON_HERE). */
static inline void python_begin(uint32_t version)
{
    static pthread_key_t key;
    if (!python_state && pthread_key_create(&key, NULL) != 0)
        abort();
    python_state_offsets(version);
    *python_key = 1 | (uint64_t)key << 32;
    cpython = (struct cpython){.runtime = (uintptr_t)python_runtime,
                               .runtime_end = (uintptr_t)(&python_runtime[512]),
                               .eval_start = 0x5000,
                               .eval_end = 0x6000,
                               .code_type = 0xc0de00,
                               .text_type = 0x7e8700};
    if (!layout_find(version, cpython.runtime, cpython.runtime_end, &cpython.layout))
        abort();
    python_state = python_object(1024);
    python_put(python_state, cpython.layout.state_thread, (uintptr_t)pthread_self());
    uintptr_t interpreter =
        python_object(64); /* which the state and the word before the key name */
    python_put(python_state, 16, interpreter);
    python_key[-1] = interpreter;
    pthread_setspecific(key, (void *)python_state);
    cpython_stage = CPYTHON_HERE;
}

#endif
