/* perfmap.c -- The map of JIT code that a runtime writes for perf, line by line.
 *
 * Lines are "START SIZE NAME", hexadecimal, mostly without 0x (Linux tools/perf,
 * jit-interface.txt). Any process of this user may have written the file, so every line may be
 * anything, and as long as the file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/perfmap.h"

#include <stdbool.h>
#include <string.h>

#include "jit/filereader.h"

#define NUMBERS_LIMIT 64 /* both numbers and the blanks behind them are shorter */

static int digit_of(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* Reads a number with one blank behind it. Returns the text behind the blank; NULL when there is no
 * such number. */
static const char *parse_number(const char *text, const char *end, uint64_t *number)
{
    if (end - text > 2 && text[0] == '0' && (text[1] | 32) == 'x')
        text += 2;
    const char *first = text;
    for (*number = 0; text < end && digit_of(*text) >= 0; text++) {
        if (*number >> 60)
            return NULL;
        *number = *number << 4 | (uint64_t)digit_of(*text);
    }
    return text > first && text < end && *text == ' ' ? text + 1 : NULL;
}

/* Reads the numbers of a line that begins at TEXT. Returns the length of the part before its name,
 * or 0. */
static size_t parse_numbers(const char *text, size_t length, struct perfmap_entry *entry)
{
    const char *end = text + (length < NUMBERS_LIMIT ? length : NUMBERS_LIMIT), *at;
    uint64_t start, size;
    if (!(at = parse_number(text, end, &start)) || !(at = parse_number(at, end, &size)) ||
        size == 0 || start + size < start)
        return 0;
    entry->start = (uintptr_t)start;
    entry->end = (uintptr_t)(start + size);
    return (size_t)(at - text);
}

/* Goes on behind the end of the line. False when it has none. LENGTH becomes that of the line. */
static bool finish_line(struct filereader *reader, uint64_t *length)
{
    size_t there;
    *length = 0;
    while ((there = filereader_fill(reader, 1)) > 0) {
        const char *text = filereader_at(reader), *newline = memchr(text, '\n', there);
        size_t taken = newline ? (size_t)(newline - text) : there;
        *length += taken;
        filereader_skip(reader, taken + (newline != NULL));
        if (newline)
            return true;
    }
    return false;
}

void perfmap_scan(int fd, perfmap_visit *visit, void *context)
{
    struct filereader reader;
    size_t there;
    bool more = filereader_begin(&reader, fd, 0);
    while (more && (there = filereader_fill(&reader, NUMBERS_LIMIT)) > 0) {
        const char *text = filereader_at(&reader), *newline = memchr(text, '\n', there);
        struct perfmap_entry entry = {.offset = reader.offset};
        uint64_t length;
        size_t numbers = parse_numbers(text, newline ? (size_t)(newline - text) : there, &entry);
        more = finish_line(&reader, &length);
        if (!more || !numbers)
            continue;
        uint64_t name_length = length - numbers;
        entry.name = entry.offset + numbers;
        entry.length = name_length < PERFMAP_NAME_LIMIT ? (size_t)name_length : PERFMAP_NAME_LIMIT;
        visit(&entry, context);
    }
    filereader_done(&reader);
}
