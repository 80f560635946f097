/* utf8.c -- Characters of UTF-8: decoding, cutting, width on a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

#define LONGEST 4 /* bytes of a character */

size_t utf8_decode(const char *s, int32_t *character)
{
    unsigned char first = (unsigned char)*s;
    if (first > 0 && first < 0x80) { /* most are ASCII */
        *character = first;
        return 1;
    }
    utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)s,
                                               (utf8proc_ssize_t)strnlen(s, LONGEST), character);
    return length > 0 ? (size_t)length : 0;
}

size_t utf8_cut(const char *s, size_t length)
{
    while (length > 0 && ((unsigned char)s[length] & 0xc0) == 0x80)
        length--;
    return length;
}

size_t utf8_columns(const char *s)
{
    size_t columns = 0;
    while (*s) {
        int32_t character;
        size_t length = utf8_decode(s, &character);
        columns += length ? (size_t)utf8proc_charwidth(character) : 1;
        s += length ? length : 1;
    }
    return columns;
}
