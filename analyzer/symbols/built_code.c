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

struct line {
    const char *begin, *end;
};

/* False when there is no such line. */
static bool find_line(const struct built_code *code, int number, struct line *line)
{
    if (number <= 0 || (size_t)number > code->lines.count)
        return false;
    line->begin = code->text.bytes + code->lines.items[number - 1];
    line->end = (size_t)number < code->lines.count
                    ? code->text.bytes + code->lines.items[number] - 1
                    : code->text.bytes + code->text.length;
    return true;
}

static bool is_name_at(const struct line *line, const char *at, const char *name, size_t length)
{
    return (size_t)(line->end - at) >= length && memcmp(at, name, length) == 0 &&
           (at == line->begin || !is_part_of_name(at[-1])) &&
           (at + length == line->end || !is_part_of_name(at[length]));
}

int built_code_name_column(const struct built_code *code, int line, int column, const char *name)
{
    size_t length = strlen(name);
    struct line found;
    if (length == 0 || length > FARTHEST || !find_line(code, line, &found))
        return 0;
    const char *place = find_column(found.begin, found.end, column);
    if (!place)
        return 0;
    for (const char *at = place - 1; at >= found.begin && place - at <= FARTHEST; at--) {
        if (is_name_at(&found, at, name, length))
            return column_of(found.begin, at);
    }
    return 0;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return at;
}

static bool follows(const char *at, const char *end, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

/* Behind the bracket that closes the one at AT; END when none does. */
static const char *skip_brackets(const char *at, const char *end)
{
    int depth = 0;
    for (; at < end; at++) {
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        if (depth == 0)
            return at + 1;
    }
    return end;
}

/* Whether a function begins at AT: "function", "(a)=>", "a=>", perhaps after "async". */
static bool is_function(const char *at, const char *end)
{
    if (follows(at, end, "async"))
        at = skip_blanks(at + strlen("async"), end);
    if (follows(at, end, "function"))
        return true;
    if (at < end && *at == '(')
        at = skip_brackets(at, end);
    while (at < end && is_part_of_name(*at))
        at++;
    return follows(skip_blanks(at, end), end, "=>");
}

/* Whether the name from AT to AFTER is that of a function which is defined there. */
static bool is_definition(const struct line *line, const char *at, const char *after)
{
    static const char word[] = "function";
    const char *before = at;
    while (before > line->begin && (before[-1] == ' ' || before[-1] == '*'))
        before--;
    if (before < at && before - line->begin >= (ptrdiff_t)sizeof word - 1 &&
        memcmp(before - (sizeof word - 1), word, sizeof word - 1) == 0)
        return true;
    after = skip_blanks(after, line->end);
    if (after < line->end && (*after == '=' || *after == ':'))
        return is_function(skip_blanks(after + 1, line->end), line->end);
    if (after == line->end || *after != '(' || (at > line->begin && at[-1] == '.'))
        return false;
    return follows(skip_blanks(skip_brackets(after, line->end), line->end), line->end, "{");
}

int built_code_definition_column(const struct built_code *code, int line, const char *name)
{
    size_t length = strlen(name);
    struct line found;
    const char *definition = NULL;
    if (length == 0 || length > FARTHEST || !find_line(code, line, &found))
        return 0;
    for (const char *at = found.begin;
         (at = memmem(at, (size_t)(found.end - at), name, length)) != NULL; at += length) {
        if (!is_name_at(&found, at, name, length) || !is_definition(&found, at, at + length))
            continue;
        if (definition)
            return 0;
        definition = at;
    }
    return definition ? column_of(found.begin, definition) : 0;
}
