/* answer.c -- The functions at an address as bytes, for a pipe and for the cache.
 *
 * A function is three texts, each with its final zero: its name, its file, "line column". An empty
 * name or file is one that is not known.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/answer.h"

#include <stdlib.h>
#include <string.h>

static void add_field(struct text *bytes, const char *field)
{
    text_add_n(bytes, field ? field : "", field ? strlen(field) + 1 : 1);
}

void answer_encode(const struct symbol_list *list, struct text *bytes)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct symbol *symbol = &list->items[i];
        add_field(bytes, symbol->function);
        add_field(bytes, symbol->file);
        text_format(bytes, "%d %d", symbol->line, symbol->column);
        text_add_n(bytes, "", 1);
    }
}

static const char *known(const char *field)
{
    return *field ? field : NULL;
}

/* The field at *AT, which moves behind it; every field ends before END, where a zero lies. */
static const char *next_field(const char **at)
{
    const char *field = *at;
    *at += strlen(field) + 1;
    return field;
}

static bool decode_place(const char *field, struct symbol *symbol)
{
    char *end;
    long line = strtol(field, &end, 10);
    long column = *end == ' ' ? strtol(end + 1, &end, 10) : -1;
    if (*end || line < 0 || line > INT32_MAX || column < 0 || column > INT32_MAX)
        return false;
    symbol->line = (int)line;
    symbol->column = (int)column;
    return true;
}

bool answer_decode(const char *bytes, size_t length, struct pool *pool, struct symbol_list *list)
{
    size_t fields = 0;
    *list = (struct symbol_list){0};
    for (size_t i = 0; i < length; i++)
        fields += bytes[i] == '\0';
    if (length == 0)
        return true;
    if (bytes[length - 1] != '\0' || fields % 3 != 0)
        return false;
    const char *at = pool_text_n(pool, bytes, length);
    struct symbol *symbols = pool_zeroed(pool, fields / 3 * sizeof *symbols);
    for (size_t i = 0; i < fields / 3; i++) {
        symbols[i].function = known(next_field(&at));
        symbols[i].file = known(next_field(&at));
        if (!decode_place(next_field(&at), &symbols[i]))
            return false;
    }
    *list = (struct symbol_list){.items = symbols, .count = fields / 3};
    return true;
}
