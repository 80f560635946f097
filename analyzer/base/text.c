/* text.c -- Growing texts, and texts from strangers made fit to be shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"

#include "base/memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_done(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

static void text_reserve(struct text *text, size_t more)
{
    if (text->length + more + 1 <= text->capacity)
        return;
    text->capacity = (text->length + more + 1) * 2;
    text->bytes = memory_resize(text->bytes, text->capacity, 1);
}

void text_add_n(struct text *text, const char *more, size_t length)
{
    text_reserve(text, length);
    memcpy(text->bytes + text->length, more, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *more)
{
    text_add_n(text, more, strlen(more));
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0) {
        text_reserve(text, (size_t)length);
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

/* Decodes one character at S (never past its final zero); returns its length, 0 when invalid. */
static size_t decode(const unsigned char *s, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (s[0] < 0x80) {
        *character = s[0];
        return 1;
    }
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
    if (length == 0 || s[0] > 0xf4)
        return 0;
    uint32_t value = s[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3f);
    }
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    *character = value;
    return value < smallest[length] || value > 0x10ffff || surrogate ? 0 : length;
}

static bool steers_terminal(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

void text_add_clean(struct text *text, const char *stranger, bool for_terminal)
{
    const unsigned char *s = (const unsigned char *)stranger;
    text_add(text, "");
    while (*s) {
        uint32_t character;
        size_t length = decode(s, &character);
        if (length == 0)
            text_add(text, "\xef\xbf\xbd");
        else if (for_terminal && steers_terminal(character))
            text_add(text, "?");
        else
            text_add_n(text, (const char *)s, length);
        s += length ? length : 1;
    }
}

size_t text_columns(const char *text)
{
    size_t columns = 0;
    for (; *text; text++)
        columns += ((unsigned char)*text & 0xc0) != 0x80;
    return columns;
}

const char *text_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool text_starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

size_t text_distance(const char *a, const char *b)
{
    size_t length = strlen(b);
    size_t *row = memory_zeroed(length + 1, sizeof *row);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            size_t change = diagonal + (a[i] != b[j]);
            size_t other = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = change < other ? change : other;
        }
    }
    size_t distance = row[length];
    free(row);
    return distance;
}

bool text_read_file(struct text *text, const char *path, size_t limit)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    char buffer[4096];
    size_t length;
    text_add(text, "");
    while (text->length < limit && (length = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_add_n(text, buffer, length);
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    errno = failed;
    return !failed;
}
