/* texts.c -- Any bytes as rules, suppressions, a baseline, or a name of code: read, and fit to be
 * shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "compare/accepted.h"
#include "output.h"
#include "print/xml.h"
#include "rules/rules.h"
#include "symbols/answer.h"
#include "symbols/demangle.h"
#include "symbols/jit.h"

static void expect_error(const struct error *error)
{
    if (error->code != EXIT_UNUSABLE || !*error->message)
        abort();
}

static void try_rules(const char *path, const char *text)
{
    struct error error = {0};
    struct rules *rules = rules_new(path, &error);
    struct rules_subject subject = {.function = text, .file = text, .module = "/usr/lib/libc.so.6"};
    if (!rules) {
        expect_error(&error);
        return;
    }
    if (rules_class(rules, &subject) >= CLASS_COUNT)
        abort();
    rules_managed_heap(rules, &subject);
    rules_is_start(rules, &subject);
    rules_free(rules);
}

static void try_accepted(const char *path, bool is_baseline)
{
    struct error error = {0};
    struct accepted *accepted = accepted_new();
    bool good = is_baseline ? accepted_read_baseline(accepted, path, &error)
                            : accepted_read_suppressions(accepted, path, &error);
    if (!good)
        expect_error(&error);
    accepted_free(accepted);
}

/* However it is written down, what is written can be read. */
static void write_down(const char *text)
{
    struct text json = {0}, xml = {0}, plain = {0};
    json_add_string(&json, text, JSON_IN_FILE);
    output_expect_json(json.bytes, json.length);
    json.length = 0;
    json_add_string(&json, text, JSON_IN_SCRIPT);
    output_expect_json(json.bytes, json.length);
    if (strpbrk(json.bytes, "<>&"))
        abort();
    xml_add(&xml, text);
    if (xml.bytes && strpbrk(xml.bytes, "<>\""))
        abort();
    text_add_clean(&plain, text, true);
    output_expect_plain(plain.bytes, plain.length);
    text_done(&json);
    text_done(&xml);
    text_done(&plain);
}

static void try_name(const char *text, size_t length)
{
    struct pool *pool = pool_new();
    struct symbol symbol = jit_parse(text, pool);
    struct symbol_list list;
    jit_may_inline(text);
    if (symbol.line < 0 || symbol.column < 0 || !symbol.function)
        abort();
    write_down(symbol.function);
    if (symbol.file)
        write_down(symbol.file);
    const char *demangled = demangle_name(text, pool);
    if (*text && !*demangled)
        abort();
    write_down(demangled);
    answer_decode(text, length, pool, &list);
    pool_free(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    char *text = calloc(size, 1);
    memcpy(text, bytes + 1, size - 1);
    if (bytes[0] % 4 == 3)
        try_name(text, size - 1);
    else if (bytes[0] % 4 == 2)
        try_rules(output_file(0, bytes + 1, size - 1), text);
    else
        try_accepted(output_file(0, bytes + 1, size - 1), bytes[0] % 4);
    free(text);
    return 0;
}
