/* jit_managed.c -- Names of the JVM and of .NET, made as short as people write them.
 *
 * JVM, by `jcmd PID Compiler.perfmap`:  void com.foo.Bar.run(int, java.lang.String)
 * JVM, by agents:                       Lcom/foo/Bar;::run   Lcom/foo/Bar;run(I)V
 * JVM, by the shim, interpreted:        Lcom/foo/Bar;run
 * .NET:          instance void [Assembly] Foo.Bar::Run(int32)[OptimizedTier1]
 * Return types, parameters and tiers are left out, as in C++: a line tells overloads apart.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"
#include "symbols/jit_forms.h"

#include <ctype.h>
#include <string.h>

static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!isalnum(c) && !strchr("._$<>/-+", c) && c < 0x80)
            return false;
    }
    return length > 0;
}

/* A copy in which each FROM is TO. */
static char *with_dots(struct pool *pool, const char *text, size_t length, char from)
{
    char *copy = pool_text_n(pool, text, length);
    for (char *c = copy; *c; c++)
        *c = *c == from ? '.' : *c;
    return copy;
}

/* "type class.method(types)": where class.method begins, and its length; NULL for other forms. */
static const char *find_signature(const char *name, size_t *method_length)
{
    size_t length = strlen(name), parameters = strcspn(name, "(");
    const char *blank = memchr(name, ' ', parameters);
    if (!blank || parameters == length || name[length - 1] != ')')
        return NULL;
    const char *method = blank + 1;
    *method_length = parameters - (size_t)(method - name);
    bool is_method = is_name(method, *method_length) && memchr(method, '.', *method_length);
    return is_method ? method : NULL;
}

static bool parse_signature(const char *name, struct pool *pool, struct symbol *symbol)
{
    size_t length;
    const char *method = find_signature(name, &length);
    if (method)
        symbol->function = pool_text_n(pool, method, length);
    return method != NULL;
}

bool jit_jvm_is_compiled(const char *name)
{
    size_t length;
    return find_signature(name, &length) != NULL;
}

/* "Lpackage/Class;" in front of the method */
static bool parse_descriptor(const char *name, struct pool *pool, struct symbol *symbol)
{
    const char *end = name[0] == 'L' ? strchr(name, ';') : NULL;
    if (!end || !is_name(name + 1, (size_t)(end - name - 1)))
        return false;
    const char *method = end + 1 + (text_starts(end + 1, "::") ? 2 : 0);
    size_t length = strcspn(method, "(");
    if (!is_name(method, length))
        return false;
    const char *class = with_dots(pool, name + 1, (size_t)(end - name - 1), '/');
    symbol->function = pool_format(pool, "%s.%.*s", class, (int)length, method);
    return true;
}

/* Where a hidden class says where it is: "a.B$$Lambda$14/0x0000000800c03000", in descriptors '+'
 * for
 * '/'. That differs from run to run. NULL when it does not. */
static char *find_place_of_class(char *name)
{
    for (char *at = name; (at = strpbrk(at, "/+")) != NULL; at++) {
        size_t digits = strncmp(at, "/0x", 3) == 0 || strncmp(at, "+0x", 3) == 0
                            ? strspn(at + 3, "0123456789abcdef")
                            : 0;
        if (digits > 0 && at[3 + digits] == '.')
            return at;
    }
    return NULL;
}

static const char *without_place(const char *function, struct pool *pool)
{
    char *copy = pool_text(pool, function), *place = find_place_of_class(copy);
    if (place) {
        const char *method = strchr(place, '.');
        memmove(place, method, strlen(method) + 1);
    }
    return copy;
}

bool jit_jvm(const char *name, struct pool *pool, struct symbol *symbol)
{
    if (strcmp(name, "Interpreter") == 0) { /* all methods that are not compiled */
        symbol->function = "(interpreter)"; /* no class has this name */
        return true;
    }
    if (!parse_signature(name, pool, symbol) && !parse_descriptor(name, pool, symbol))
        return false;
    symbol->function = without_place(symbol->function, pool);
    return true;
}

bool jit_dotnet(const char *name, struct pool *pool, struct symbol *symbol)
{
    const char *assembly = strstr(name, " [");
    const char *method = assembly ? strstr(assembly, "] ") : NULL;
    const char *colons = method ? strstr(method, "::") : NULL;
    if (!colons)
        return false;
    method += 2;
    size_t length = strcspn(colons, "(");
    if (colons < method || length <= 2)
        return false;
    symbol->function =
        pool_format(pool, "%.*s.%.*s", (int)(colons - method), method, (int)length - 2, colons + 2);
    return true;
}
