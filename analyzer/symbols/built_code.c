/* built_code.c -- The text of a built file: where its map is, and where names stand in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/built_code.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FARTHEST 80 /* bytes before a function in which its name is looked for */

struct built_code built_code_of(struct text *text)
{
    struct built_code code = {.text = *text};
    const char *bytes = text->bytes;
    VEC_ADD(&code.lines, 0);
    for (size_t i = 0; i < text->length; i++) {
        if (bytes[i] == '\n')
            VEC_ADD(&code.lines, i + 1);
    }
    return code;
}

void built_code_done(struct built_code *code)
{
    text_done(&code->text);
    VEC_DONE(&code->lines);
}

/* Whether AT follows line or block comments with a number sign, and perhaps a blank. */
static bool is_comment(const char *begin, const char *at)
{
    if (at > begin && at[-1] == ' ')
        at--;
    return at - begin >= 3 && (at[-1] == '#' || at[-1] == '@') &&
           (memcmp(at - 3, "//", 2) == 0 || memcmp(at - 3, "/*", 2) == 0);
}

const char *built_code_map_url(const struct built_code *code, struct pool *pool)
{
    static const char word[] = "sourceMappingURL=";
    const char *begin = code->text.bytes, *end = begin + code->text.length, *found = NULL;
    for (const char *at = begin; at && (at = memmem(at, (size_t)(end - at), word, sizeof word - 1));
         at += sizeof word - 1) {
        if (is_comment(begin, at))
            found = at + sizeof word - 1;
    }
    if (!found)
        return NULL;
    size_t length = 0;
    while (found + length < end && !isspace((unsigned char)found[length]) && found[length] != '*' &&
           found[length])
        length++;
    return length > 0 ? pool_text_n(pool, found, length) : NULL;
}

/* Bytes of the character at AT, and the columns that it takes. */
static size_t character(const char *at, int *columns)
{
    unsigned char c = (unsigned char)*at;
    *columns = c >= 0xf0 ? 2 : 1;
    return c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
}

/* Where COLUMN of a line lies, NULL when the line is shorter. */
static const char *find_column(const char *line, const char *end, int column)
{
    int columns, at = 1;
    while (line < end && at < column) {
        line += character(line, &columns);
        at += columns;
    }
    return line <= end && at == column ? line : NULL;
}

static int column_of(const char *line, const char *at)
{
    int columns, column = 1;
    while (line < at) {
        line += character(line, &columns);
        column += columns;
    }
    return column;
}

static bool is_part_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

int built_code_name_column(const struct built_code *code, int line, int column, const char *name)
{
    size_t length = strlen(name);
    if (line <= 0 || (size_t)line > code->lines.count || length == 0 || length > FARTHEST)
        return 0;
    const char *begin = code->text.bytes + code->lines.items[line - 1];
    const char *end = (size_t)line < code->lines.count
                          ? code->text.bytes + code->lines.items[line] - 1
                          : code->text.bytes + code->text.length;
    const char *place = find_column(begin, end, column);
    if (!place || (size_t)(end - begin) < length)
        return 0;
    const char *at = place - 1 > end - length ? end - length : place - 1;
    for (; at >= begin && place - at <= FARTHEST; at--) {
        bool is_whole = (at == begin || !is_part_of_name(at[-1])) &&
                        (at + length == end || !is_part_of_name(at[length]));
        if (is_whole && memcmp(at, name, length) == 0)
            return column_of(begin, at);
    }
    return 0;
}
