/* jit_v8.c -- Names of V8: JS:<tier>function file:line:column.
 *
 * The tier is one of ~ ^ + * and perhaps an apostrophe. The function may be empty, or hold a blank
 * ("get size"); the file may hold blanks and colons, be a URL, node:internal/…, or empty (eval). So
 * numbers are read from the right. Before V8 11: LazyCompile, Function, Script, Eval for JS. Code
 * of WebAssembly is JS:name-index-compiler. Builtin:, RegExp:, Stub: are kept as they are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"
#include "symbols/jit_forms.h"

#include <ctype.h>
#include <string.h>

/* Names of functions that V8 itself makes of two words. */
static bool is_first_of_two(const char *word, size_t length)
{
    static const char *const words[] = {"get", "set", "async", "bound", "static"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
            return true;
    }
    return false;
}

/* The blank before the file in "function file": a file is a URL, a node: module or an absolute
 * path; failing that, what follows the function's name. NULL when there is no file. */
static const char *find_file(const char *text)
{
    static const char *const starts[] = {" file://", " node:",        " http://", " https://",
                                         " /",       " evalmachine.", " webpack", " wasm://"};
    const char *best = NULL;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const char *found = strstr(text, starts[i]);
        if (found && (!best || found < best))
            best = found;
    }
    if (best)
        return best;
    const char *blank = strchr(text, ' ');
    if (blank && is_first_of_two(text, (size_t)(blank - text)) && strchr(blank + 1, ' '))
        return strchr(blank + 1, ' ');
    return blank;
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10
                                        : -1;
}

/* file:///a%20b.js → /a b.js */
static const char *plain_path(const char *file, struct pool *pool)
{
    if (!text_starts(file, "file://"))
        return file;
    char *path = pool_text(pool, file + strlen("file://")), *to = path;
    for (const char *from = path; *from; from++) {
        bool escaped = from[0] == '%' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0;
        int value = escaped ? hex_digit(from[1]) * 16 + hex_digit(from[2]) : 0;
        *to++ = value ? (char)value : *from;
        from += value ? 2 : 0;
    }
    *to = '\0';
    return path;
}

/* "add-12-liftoff": the compiler is a tier. What lies before is all that WebAssembly has. */
static bool cut_wasm_tier(const char *name, size_t *length)
{
    static const char *const compilers[] = {"-liftoff", "-turbofan", "-interpreter", "-js-to-wasm"};
    for (size_t i = 0; i < sizeof compilers / sizeof *compilers; i++) {
        size_t tail = strlen(compilers[i]), at = *length - tail;
        if (*length <= tail || memcmp(name + at, compilers[i], tail) != 0)
            continue;
        size_t digits = at;
        while (digits > 0 && isdigit((unsigned char)name[digits - 1]))
            digits--;
        if (digits == at || digits < 2 || name[digits - 1] != '-')
            return false;
        *length = digits - 1;
        return true;
    }
    return false;
}

static void jit_v8_parse(const char *name, struct pool *pool, struct symbol *symbol)
{
    if (*name && strchr("~^+*", *name))
        name++;
    if (*name == '\'')
        name++;
    size_t length = strlen(name);
    if (cut_wasm_tier(name, &length)) {
        symbol->function = pool_text_n(pool, name, length);
        return;
    }
    symbol->column = jit_cut_number(name, &length);
    symbol->line = jit_cut_number(name, &length);
    if (symbol->line == 0) { /* one number only is a line */
        symbol->line = symbol->column;
        symbol->column = 0;
    }
    char *text = pool_text_n(pool, name, length);
    const char *file = find_file(text);
    symbol->function = text;
    if (file) {
        symbol->file = file[1] ? plain_path(file + 1, pool) : NULL;
        symbol->function = pool_text_n(pool, text, (size_t)(file - text));
    }
}

/* What follows the kind; NULL when the name is none of JavaScript. */
static const char *behind_kind(const char *name)
{
    static const char *const kinds[] = {"JS:", "LazyCompile:", "Function:", "Script:", "Eval:"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (text_starts(name, kinds[i]))
            return name + strlen(kinds[i]);
    }
    return NULL;
}

bool jit_v8_is_script(const char *name)
{
    return behind_kind(name) != NULL;
}

char jit_v8_tier(const char *name)
{
    const char *rest = behind_kind(name);
    return rest && *rest && strchr("~^+*", *rest) ? *rest : 0;
}

bool jit_v8(const char *name, struct pool *pool, struct symbol *symbol)
{
    const char *rest = behind_kind(name);
    if (rest)
        jit_v8_parse(rest, pool, symbol);
    return rest != NULL;
}
