/* heap_ephemeron.c -- Reads the names by which V8 says that a WeakMap holds a pair.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapsnapshot/heap_ephemeron.h"

#include <string.h>

#define BEGIN  " / part of key ("
#define MIDDLE ") -> value ("
#define END    ") pair in WeakMap (table @"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether what ends at END, not before BEGIN, is " @" and digits. */
static bool ends_with_id(const char *begin, const char *end)
{
    const char *at = end;
    while (at > begin && is_digit(at[-1]))
        at--;
    return at < end && at - begin >= 2 && at[-1] == '@' && at[-2] == ' ';
}

/* A dot of DevTools' expression takes no end of line; in JSON these are escaped. */
static bool has_end_of_line(const char *bytes, size_t length)
{
    static const char *const ends[] = {"\\n", "\\r", "\\u2028", "\\u2029"};
    for (const char *at = bytes; (at = memchr(at, '\\', length - (size_t)(at - bytes)));) {
        size_t rest = length - (size_t)(at - bytes);
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            size_t need = strlen(ends[i]);
            if (rest >= need && memcmp(at, ends[i], need) == 0)
                return true;
        }
        if (rest < 2)
            return false;
        at += 2;
    }
    return false;
}

static bool has_middle(const char *begin, const char *end)
{
    size_t need = sizeof MIDDLE - 1;
    for (const char *at = begin; (at = memmem(at, (size_t)(end - at), MIDDLE, need)); at++)
        if (ends_with_id(begin, at))
            return ends_with_id(at + need, end);
    return false;
}

bool heap_ephemeron_parse(const char *bytes, size_t length, size_t *part, uint64_t *table)
{
    const char *end = bytes + length, *at = bytes;
    while (at < end && is_digit(*at))
        at++;
    *part = (size_t)(at - bytes);
    if (at == bytes || (size_t)(end - at) < sizeof BEGIN - 1 ||
        memcmp(at, BEGIN, sizeof BEGIN - 1) != 0)
        return false;
    at += sizeof BEGIN - 1;
    if (end - at < 2 || *--end != ')')
        return false;
    const char *id = end;
    while (id > at && is_digit(id[-1]))
        id--;
    const char *close = id - (sizeof END - 1);
    if (id == end || close < at || memcmp(close, END, sizeof END - 1) != 0)
        return false;
    for (*table = 0; id < end && *table < UINT64_MAX / 16; id++)
        *table = *table * 10 + (uint64_t)(*id - '0');
    return has_middle(at, close) && !has_end_of_line(at, (size_t)(close - at));
}
