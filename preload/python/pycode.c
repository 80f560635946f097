/* pycode.c -- A place in Python code, in words: function, file, line.
 *
 * Line tables have had three forms:
 *
 *   to 3.9   pairs: bytes of code, then what is added to the line behind them (signed)
 *   3.10     pairs: bytes of code, and what is added to the line for these (signed; -128: no line)
 *   3.11 on  entries of a byte with the highest bit set, which has a kind (4 bits) and the number
 *            of code units less 1 (3 bits), and bytes without that bit, of which some kinds begin
 *            with what is added to the line: 6 bits a byte, lowest first, the sign in bit 0
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/pycode.h"

#include <string.h>

#include "base/probe.h"
#include "base/utf8.h"
#include "python/cpython.h"

#define MOST_TABLE   ((size_t)1 << 20) /* bytes of a line table that are read */
#define MOST_NAME    500               /* bytes of a function's name that are kept */
#define UNIT         2                 /* bytes of a code unit */
#define NO_LINE_3_10 (-128)

/* ---- bytes, one after the other ---------------------------------------------------------------
 */

struct reader {
    uintptr_t next; /* address of the next bytes for the chunk */
    size_t left;    /* bytes there */
    size_t at, count;
    uint8_t *chunk;
};

static struct reader reader_begin(struct pycode_room *room, uintptr_t from, size_t size)
{
    return (struct reader){.next = from, .left = size, .chunk = room->chunk};
}

/* The next byte, or -1 at the end. */
static int reader_peek(struct reader *reader)
{
    if (reader->at == reader->count) {
        size_t size = reader->left < PYCODE_CHUNK_SIZE ? reader->left : PYCODE_CHUNK_SIZE;
        if (!size || !probe_copy(reader->chunk, reader->next, size))
            return -1;
        reader->next += size;
        reader->left -= size;
        reader->at = 0;
        reader->count = size;
    }
    return reader->chunk[reader->at];
}

static int reader_take(struct reader *reader)
{
    int byte = reader_peek(reader);
    reader->at += byte >= 0;
    return byte;
}

/* ---- lines ------------------------------------------------------------------------------------
 */

static int line_3_9(struct reader *reader, int line, int offset)
{
    int address = 0;
    for (;;) {
        int bytes = reader_take(reader), lines = reader_take(reader);
        if (lines < 0)
            return line;
        address += bytes;
        if (address > offset)
            return line;
        line += (int8_t)lines;
    }
}

static int line_3_10(struct reader *reader, int line, int offset)
{
    int end = 0;
    for (;;) {
        int bytes = reader_take(reader), lines = reader_take(reader);
        if (lines < 0)
            return line;
        end += bytes;
        if ((int8_t)lines != NO_LINE_3_10)
            line += (int8_t)lines;
        if (end > offset)
            return line;
    }
}

static int take_signed(struct reader *reader)
{
    unsigned value = 0, shift = 0;
    int byte;
    do {
        byte = reader_take(reader);
        value |= byte < 0 || shift > 25 ? 0 : (unsigned)(byte & 63) << shift;
        shift += 6;
    } while (byte >= 0 && byte & 64);
    return value & 1 ? -(int)(value >> 1) : (int)(value >> 1);
}

static int line_3_11(struct reader *reader, int line, int offset)
{
    enum { KIND_ONE_LINE = 10, KIND_NO_COLUMNS = 13, KIND_LONG = 14 };
    int end = 0, head;
    while ((head = reader_take(reader)) >= 0) {
        int kind = head >> 3 & 15;
        end += ((head & 7) + 1) * UNIT;
        if (kind == KIND_NO_COLUMNS || kind == KIND_LONG)
            line += take_signed(reader);
        else if (kind >= KIND_ONE_LINE && kind < KIND_NO_COLUMNS)
            line += kind - KIND_ONE_LINE;
        if (end > offset)
            return line;
        while ((head = reader_peek(reader)) >= 0 && !(head & 128))
            reader_take(reader);
    }
    return line;
}

int pycode_line(uint32_t version, uintptr_t table, size_t size, int first, int offset,
                struct pycode_room *room)
{
    struct reader reader = reader_begin(room, table, size < MOST_TABLE ? size : MOST_TABLE);
    if (offset < 0)
        return first;
    return version >= 0x030b   ? line_3_11(&reader, first, offset)
           : version == 0x030a ? line_3_10(&reader, first, offset)
                               : line_3_9(&reader, first, offset);
}

/* ---- texts ------------------------------------------------------------------------------------
 */

struct out {
    struct pycode_room *room;
    char *text;          /* of it */
    size_t length, size; /* with room for the zero at the end */
};

static void out_add(struct out *out, const char *bytes, size_t count)
{
    if (count >= out->size - out->length)
        return;
    memcpy(out->text + out->length, bytes, count);
    out->length += count;
    out->text[out->length] = '\0';
}

static void out_add_number(struct out *out, unsigned number)
{
    char digits[10];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    out_add(out, digits + at, sizeof digits - at);
}

/* Adds one character as UTF-8, unless it would break a line or end the text. */
static void out_add_character(struct out *out, uint32_t c)
{
    char bytes[4];
    unsigned length = c >= ' ' ? utf8_encode(c, bytes) : 0;
    if (length)
        out_add(out, bytes, length);
}

/* Characters of 1, 2 or 4 bytes, as many as fit into LIMIT bytes of the text. */
static void out_add_characters(struct out *out, struct reader *reader, unsigned width, size_t limit)
{
    size_t end = out->length + limit;
    for (;;) {
        uint32_t c = 0;
        int byte = -1;
        for (unsigned i = 0; i < width && (byte = reader_take(reader)) >= 0; i++)
            c |= (uint32_t)byte << 8 * i;
        if (byte < 0 || out->length + 4 > end)
            return;
        out_add_character(out, c);
    }
}

/* A str object: the characters follow its head, unless it is of an old kind that is not made any
 * more. */
static bool out_add_text(struct out *out, uintptr_t text, size_t limit)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t head[CPYTHON_TEXT_STATE / 8 + 1];
    if (text % 8 != 0 || text < 4096 || !probe_copy(head, text, sizeof head) ||
        head[CPYTHON_TYPE / 8] != cpython.text_type)
        return false;
    unsigned state = (unsigned)head[CPYTHON_TEXT_STATE / 8];
    unsigned width = state >> 2 & 7;
    bool is_compact = state >> 5 & 1, is_ascii = state >> 6 & 1;
    size_t length = head[CPYTHON_SIZE / 8];
    if (!is_compact || (width != 1 && width != 2 && width != 4) || length > MOST_TABLE)
        return false;
    uintptr_t characters = text + (is_ascii ? layout->text_ascii : layout->text_other);
    size_t most = limit * 4; /* no need to look at more */
    struct reader reader =
        reader_begin(out->room, characters, length * width < most ? length * width : most);
    out_add_characters(out, &reader, width, limit);
    return true;
}

/* ---- all of it --------------------------------------------------------------------------------
 */

static int find_line(uintptr_t code, const uintptr_t *words, uintptr_t instruction,
                     struct pycode_room *room)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t table = words[layout->code_lines / 8], bytes[CPYTHON_BYTES / 8];
    int first;
    memcpy(&first, (const char *)words + layout->code_first_line, sizeof first);
    if (table % 8 != 0 || table < 4096 || !probe_copy(bytes, table, sizeof bytes))
        return first;
    int64_t offset = layout->code_instructions
                         ? (int64_t)(instruction - (code + layout->code_instructions))
                     : layout->version == 0x030a ? (int64_t)(int32_t)instruction * UNIT
                                                 : (int64_t)(int32_t)instruction;
    if (offset > INT32_MAX || offset < -UNIT)
        return first;
    return pycode_line(layout->version, table + CPYTHON_BYTES, bytes[CPYTHON_SIZE / 8], first,
                       (int)offset, room);
}

bool pycode_describe(uintptr_t code, uintptr_t instruction, struct pycode_room *room)
{
    const struct layout *layout = &cpython.layout;
    uintptr_t words[LAYOUT_CODE_SIZE / 8];
    struct out out = {.room = room, .text = room->text, .size = PYCODE_TEXT_SIZE};
    if (code % 8 != 0 || code < 4096 || !probe_copy(words, code, sizeof words) ||
        words[CPYTHON_TYPE / 8] != cpython.code_type)
        return false;
    out_add(&out, "py::", 4);
    if (!out_add_text(&out, words[layout->code_name / 8], MOST_NAME))
        return false;
    out_add(&out, ":", 1);
    if (!out_add_text(&out, words[layout->code_file / 8], PYCODE_TEXT_SIZE - MOST_NAME - 32))
        return false;
    int line = find_line(code, words, instruction, room);
    if (line > 0) {
        out_add(&out, ":", 1);
        out_add_number(&out, (unsigned)line);
    }
    return true;
}
