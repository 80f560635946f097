/* jit_scripts.c -- Names of CPython, LuaJIT, PHP, Ruby and Erlang.
 *
 * CPython   py::function:file    py::function:file:line
 * LuaJIT    TRACE_12::file:line                where a trace begins
 * PHP       JIT$Class::function    TRACE-12$Class::function$line
 * Ruby      [JIT] Class#method@file:line
 * Erlang    $module:function/arity
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"
#include "symbols/jit_forms.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* "file:line" as the symbol's place. */
static void take_place(const char *text, struct pool *pool, struct symbol *symbol)
{
    size_t length = strlen(text);
    symbol->line = jit_cut_number(text, &length);
    symbol->file = length ? pool_text_n(pool, text, length) : NULL;
}

bool jit_python(const char *name, struct pool *pool, struct symbol *symbol)
{
    if (!text_starts(name, "py::"))
        return false;
    const char *function = name + strlen("py::");
    const char *colon = strchr(function, ':');
    symbol->function =
        colon ? pool_text_n(pool, function, (size_t)(colon - function)) : pool_text(pool, function);
    if (colon)
        take_place(colon + 1, pool, symbol);
    return true;
}

/* What follows PREFIX and a number; NULL when NAME does not begin so. */
static const char *after_number(const char *name, const char *prefix)
{
    if (!text_starts(name, prefix))
        return NULL;
    const char *first = name + strlen(prefix), *at = first;
    while (isdigit((unsigned char)*at))
        at++;
    return at > first ? at : NULL;
}

bool jit_lua(const char *name, struct pool *pool, struct symbol *symbol)
{
    const char *place = after_number(name, "TRACE_");
    if (!place || !text_starts(place, "::"))
        return false;
    take_place(place + 2, pool, symbol);
    symbol->function = "(trace)";
    return true;
}

bool jit_php(const char *name, struct pool *pool, struct symbol *symbol)
{
    const char *trace = after_number(name, "TRACE-");
    if (text_starts(name, "JIT$") && name[4]) {
        symbol->function = pool_text(pool, name + 4);
        return true;
    }
    if (!trace || *trace != '$' || !trace[1])
        return false;
    const char *end = strrchr(trace + 1, '$');
    size_t length = end ? (size_t)(end - trace - 1) : strlen(trace + 1);
    symbol->function = pool_text_n(pool, trace + 1, length);
    symbol->line = end && isdigit((unsigned char)end[1]) && strlen(end + 1) < 9 ? atoi(end + 1) : 0;
    return true;
}

bool jit_ruby(const char *name, struct pool *pool, struct symbol *symbol)
{
    if (!text_starts(name, "[JIT] ") || !name[6])
        return false;
    const char *function = name + strlen("[JIT] "), *at = strchr(function, '@');
    symbol->function =
        at ? pool_text_n(pool, function, (size_t)(at - function)) : pool_text(pool, function);
    if (at)
        take_place(at + 1, pool, symbol);
    return true;
}

bool jit_erlang(const char *name, struct pool *pool, struct symbol *symbol)
{
    const char *slash = strrchr(name, '/');
    if (name[0] != '$' || !strchr(name, ':') || !slash || !isdigit((unsigned char)slash[1]))
        return false;
    symbol->function = pool_text(pool, name + 1);
    return true;
}
