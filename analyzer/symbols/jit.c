/* jit.c -- Names of JIT code, as runtimes write them into a perf map or a jitdump.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/jit.h"

#include "base/text.h"
#include "symbols/jit_forms.h"

#include <ctype.h>
#include <stdlib.h>

/* In this order: what looks most like one runtime only goes first. */
static jit_form *const forms[] = {jit_v8,   jit_python, jit_lua,    jit_php,
                                  jit_ruby, jit_erlang, jit_dotnet, jit_jvm};

int jit_cut_number(const char *text, size_t *length)
{
    size_t start = *length;
    while (start > 0 && isdigit((unsigned char)text[start - 1]))
        start--;
    if (start == *length || start == 0 || text[start - 1] != ':' || *length - start > 9)
        return 0;
    *length = start - 1;
    return atoi(text + start);
}

bool jit_may_inline(const char *name)
{
    return jit_v8_tier(name) == '*' || jit_v8_tier(name) == '+' || jit_jvm_is_compiled(name);
}

bool jit_is_javascript(const char *name)
{
    return jit_v8_is_script(name);
}

struct symbol jit_parse(const char *name, struct pool *pool)
{
    struct symbol symbol = {0};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!forms[i](name, pool, &symbol))
            continue;
        if (!*symbol.function)
            symbol.function = "(anonymous)";
        return symbol;
    }
    return (struct symbol){.function = pool_text(pool, *name ? name : "(unnamed)")};
}
