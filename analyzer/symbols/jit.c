/* jit.c -- Names of JIT code, as runtimes write them into a perf map.
 *
 * V8:       JS:<tier>function file:line:column   tier ~ ^ + * and perhaps an apostrophe
 *           the function may be empty or, for methods, hold blanks ("get x"); the file may hold
 *           blanks, be a file:// URL or node:internal/…; so numbers are read from the right
 *           before V8 11 in place of JS: LazyCompile, Function, Script, Eval
 * V8:       Builtin:Name, RegExp:source, BytecodeHandler:Name: kept as they are
 * CPython:  py::function:file
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/jit.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Cuts ":digits" off the end of TEXT[0..*LENGTH); 0 when there is none. */
static int cut_number(const char *text, size_t *length)
{
    size_t start = *length;
    while (start > 0 && isdigit((unsigned char)text[start - 1]))
        start--;
    if (start == *length || start == 0 || text[start - 1] != ':' || *length - start > 9)
        return 0;
    *length = start - 1;
    return atoi(text + start);
}

/* Where the file begins in "function file": a file is a URL, a node: module or an absolute path;
 * failing that, the last word. */
static const char *find_file(const char *text)
{
    static const char *const starts[] = {" file://", " node:", " /", " evalmachine.", " webpack"};
    const char *best = NULL;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const char *found = strstr(text, starts[i]);
        if (found && (!best || found < best))
            best = found;
    }
    return best ? best : strrchr(text, ' ');
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

static struct symbol parse_v8(const char *name, struct pool *pool)
{
    if (*name && strchr("~^+*", *name))
        name++;
    if (*name == '\'')
        name++;
    size_t length = strlen(name);
    int column = cut_number(name, &length), line = cut_number(name, &length);
    if (line == 0) { /* one number only is a line */
        line = column;
        column = 0;
    }
    char *text = pool_text_n(pool, name, length);
    const char *file = find_file(text);
    struct symbol symbol = {.function = text, .line = line, .column = column};
    if (file) {
        symbol.file = file[1] ? plain_path(file + 1, pool) : NULL;
        symbol.function = pool_text_n(pool, text, (size_t)(file - text));
    }
    if (!*symbol.function)
        symbol.function = "(anonymous)";
    return symbol;
}

static struct symbol parse_python(const char *name, struct pool *pool)
{
    const char *colon = strchr(name, ':');
    if (!colon)
        return (struct symbol){.function = pool_text(pool, name)};
    return (struct symbol){.function = pool_text_n(pool, name, (size_t)(colon - name)),
                           .file = pool_text(pool, colon + 1)};
}

/* What follows V8's word for a piece of JavaScript; NULL when NAME is something else. */
static const char *after_v8_kind(const char *name)
{
    static const char *const kinds[] = {"JS:", "LazyCompile:", "Function:", "Script:", "Eval:"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (text_starts(name, kinds[i]))
            return name + strlen(kinds[i]);
    }
    return NULL;
}

struct symbol jit_parse(const char *name, struct pool *pool)
{
    const char *v8 = after_v8_kind(name);
    if (v8)
        return parse_v8(v8, pool);
    if (text_starts(name, "py::"))
        return parse_python(name + strlen("py::"), pool);
    return (struct symbol){.function = pool_text(pool, *name ? name : "(unnamed)")};
}
