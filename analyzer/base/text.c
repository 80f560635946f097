/* text.c -- Growing texts, and untrusted texts made safe to show.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"

#include "base/memory.h"
#include "base/utf8.h"

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

static bool steers_terminal(int32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

void text_add_clean(struct text *text, const char *untrusted, bool for_terminal)
{
    text_add(text, "");
    for (const char *s = untrusted; *s;) {
        int32_t character;
        size_t length = utf8_decode(s, &character);
        if (length == 0)
            text_add(text, "\xef\xbf\xbd");
        else if (for_terminal && steers_terminal(character))
            text_add(text, "?");
        else
            text_add_n(text, s, length);
        s += length ? length : 1;
    }
}

void text_add_padded(struct text *text, const char *more, size_t width, enum text_side side)
{
    size_t columns = utf8_columns(more);
    int blanks = columns < width ? (int)(width - columns) : 0;
    text_format(text, "%*s%s%*s", side == TEXT_RIGHT ? blanks : 0, "", more,
                side == TEXT_LEFT ? blanks : 0, "");
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
