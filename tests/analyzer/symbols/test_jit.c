/* test_jit.c -- Names of JIT code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/jit.h"
#include "test.h"

static void expect(const char *name, const char *function, const char *file, int line, int column)
{
    struct pool *pool = pool_new();
    struct symbol symbol = jit_parse(name, pool);
    assert_string_equal(symbol.function, function);
    if (file)
        assert_string_equal(symbol.file, file);
    else
        assert_null(symbol.file);
    assert_int_equal(symbol.line, line);
    assert_int_equal(symbol.column, column);
    pool_free(pool);
}

static void every_tier_of_v8_gives_the_same_name(void **state)
{
    static const char *const names[] = {"JS:handleUpload /srv/server.js:42:22",
                                        "JS:~handleUpload /srv/server.js:42:22",
                                        "JS:^handleUpload /srv/server.js:42:22",
                                        "JS:+handleUpload /srv/server.js:42:22",
                                        "JS:*handleUpload /srv/server.js:42:22",
                                        "JS:*'handleUpload /srv/server.js:42:22",
                                        "JS:+'handleUpload /srv/server.js:42:22",
                                        "LazyCompile:*handleUpload /srv/server.js:42:22",
                                        "Function:^handleUpload /srv/server.js:42:22"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect(names[i], "handleUpload", "/srv/server.js", 42, 22);
}

static void files_may_hold_blanks_and_colons(void **state)
{
    expect("JS:~send /srv/my app/a:b.js:7:3", "send", "/srv/my app/a:b.js", 7, 3);
    expect("JS:*send file:///srv/my%20app/a.mjs:7:3", "send", "/srv/my app/a.mjs", 7, 3);
    expect("JS:*send file:///srv/100%25%zz%00.mjs:7:3", "send", "/srv/100%%zz%00.mjs", 7, 3);
    expect("JS:*'assert node:internal/assert:8:16", "assert", "node:internal/assert", 8, 16);
    expect("JS:~emit node:events:465:44", "emit", "node:events", 465, 44);
}

static void functions_may_be_empty_or_hold_blanks(void **state)
{
    expect("JS:~ /srv/server.js:12:20", "(anonymous)", "/srv/server.js", 12, 20);
    expect("Script:~ /srv/server.js:1:1", "(anonymous)", "/srv/server.js", 1, 1);
    expect("Eval:~ node:internal/per_context/primordials:1", "(anonymous)",
           "node:internal/per_context/primordials", 1, 0);
    expect("JS:*get size /srv/server.js:12:20", "get size", "/srv/server.js", 12, 20);
    expect("JS:*", "(anonymous)", NULL, 0, 0);
    expect("JS:~eval", "eval", NULL, 0, 0);
    expect("JS:~f x.js:3", "f", "x.js", 3, 0);
}

static void other_names_of_v8_are_kept(void **state)
{
    expect("Builtin:InterpreterEntryTrampoline", "Builtin:InterpreterEntryTrampoline", NULL, 0, 0);
    expect("RegExp:^a b:1$", "RegExp:^a b:1$", NULL, 0, 0);
    expect("BytecodeHandler:LdaZero", "BytecodeHandler:LdaZero", NULL, 0, 0);
    expect("", "(unnamed)", NULL, 0, 0);
}

static void python_has_function_and_file(void **state)
{
    expect("py::load:/srv/app.py", "load", "/srv/app.py", 0, 0);
    expect("py::<module>:<frozen importlib._bootstrap>", "<module>",
           "<frozen importlib._bootstrap>", 0, 0);
    expect("py::load", "load", NULL, 0, 0);
}

TEST_MAIN(cmocka_unit_test(every_tier_of_v8_gives_the_same_name),
          cmocka_unit_test(files_may_hold_blanks_and_colons),
          cmocka_unit_test(functions_may_be_empty_or_hold_blanks),
          cmocka_unit_test(other_names_of_v8_are_kept),
          cmocka_unit_test(python_has_function_and_file))
