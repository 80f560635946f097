/* pycode.h -- A place in Python code, in words: function, file, line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PYTHON_PYCODE_H
#define PYTHON_PYCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PYCODE_TEXT_SIZE  2048
#define PYCODE_CHUNK_SIZE 4096

/* Not on the stack of a thread that may have a small one. */
struct pycode_room {
    char text[PYCODE_TEXT_SIZE];
    uint8_t chunk[PYCODE_CHUNK_SIZE];
};

/* Writes "py::function:file:line" to room->text, in UTF-8 and as CPython's own perf map has it,
 * which has no line. A name or path that is too long is cut. CODE is the address of a code object,
 * INSTRUCTION the result of cpython_instruction for the frame. No memory is assumed to be there:
 * false when it is no code object. Some system calls, no lock. */
bool pycode_describe(uintptr_t code, uintptr_t instruction, struct pycode_room *room);

/* The line of an instruction by a line table of CPython VERSION (0x030b: 3.11), which lies in SIZE
 * bytes at TABLE; FIRST is the line that the function begins in. OFFSET is that of the instruction
 * in bytes, negative: before the first one. */
int pycode_line(uint32_t version, uintptr_t table, size_t size, int first, int offset,
                struct pycode_room *room);

#endif
