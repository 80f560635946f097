/* test_jit.c -- Names of JIT code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/jit.h"
#include "test.h"

#include <string.h>

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

static void files_of_every_kind_are_told_from_functions(void **state)
{
    expect("JS:*named my file.js:1:15", "named", "my file.js", 1, 15);
    expect("JS:*get size my file.js:1:15", "get size", "my file.js", 1, 15);
    expect("JS:~evald evalmachine.<anonymous>:1:15", "evald", "evalmachine.<anonymous>", 1, 15);
    expect("JS:^ev2 :1:13", "ev2", NULL, 1, 13);
    expect("JS:*f https://example.org/a%3Ab.js:1:2", "f", "https://example.org/a%3Ab.js", 1, 2);
    expect("JS:*f webpack-internal:///./src/a.js:9:2", "f", "webpack-internal:///./src/a.js", 9, 2);
    expect("JS:*Module._load node:internal/modules/cjs/loader:1003:24", "Module._load",
           "node:internal/modules/cjs/loader", 1003, 24);
}

static void webassembly_has_functions_only(void **state)
{
    expect("JS:wasm-function[0]-0-liftoff", "wasm-function[0]", NULL, 0, 0);
    expect("JS:wasm-function[0]-0-turbofan", "wasm-function[0]", NULL, 0, 0);
    expect("JS:add_all-12-turbofan", "add_all", NULL, 0, 0);
    expect("Stub:js-to-wasm:ii:i", "Stub:js-to-wasm:ii:i", NULL, 0, 0);
}

static void the_jvm_has_class_and_method(void **state)
{
    expect("void Direct.serve(Direct$Cache, int)", "Direct.serve", NULL, 0, 0);
    expect("void java.nio.ByteBuffer.<init>(int, byte[])", "java.nio.ByteBuffer.<init>", NULL, 0,
           0);
    expect("java.lang.Object a.B$$Lambda$14/0x0000000800c03000.apply(java.lang.Object)",
           "a.B$$Lambda$14.apply", NULL, 0, 0);
    expect("La/B$$Lambda$14+0x0000000800c03000;apply", "a.B$$Lambda$14.apply", NULL, 0, 0);
    expect("void a.B$$Lambda/0x00007f01.accept(int)", "a.B$$Lambda.accept", NULL, 0, 0);
    expect("void a.B/0x.c(int)", "a.B/0x.c", NULL, 0, 0);
    expect("Lcom/foo/Bar;::run", "com.foo.Bar.run", NULL, 0, 0);
    expect("Lcom/foo/Bar;run(ILjava/lang/String;)V", "com.foo.Bar.run", NULL, 0, 0);
    expect("com.foo.Bar::run", "com.foo.Bar::run", NULL, 0, 0);
    expect("Interpreter", "(interpreter)", NULL, 0, 0);
    expect("I2C/C2I adapters", "I2C/C2I adapters", NULL, 0, 0);
    expect("L;::", "L;::", NULL, 0, 0);
    expect("void (int)", "void (int)", NULL, 0, 0);
}

static void dotnet_has_class_and_method(void **state)
{
    expect("instance void [System.Private.CoreLib] System.Threading.Thread::StartCallback()[Tier0]",
           "System.Threading.Thread.StartCallback", NULL, 0, 0);
    expect("void [Shop] Shop.Program::Main(string[])[OptimizedTier1]", "Shop.Program.Main", NULL, 0,
           0);
    expect("class L`1<!!0> [System.Linq] System.Linq.Enumerable::ToList(class I`1<!!0>)",
           "System.Linq.Enumerable.ToList", NULL, 0, 0);
    expect("stub<12> GenerateLookupStub<X>", "stub<12> GenerateLookupStub<X>", NULL, 0, 0);
    expect("void [a] ::", "void [a] ::", NULL, 0, 0);
}

static void other_runtimes_are_known(void **state)
{
    expect("TRACE_12::app.lua:34", "(trace)", "app.lua", 34, 0);
    expect("JIT$Cart::add", "Cart::add", NULL, 0, 0);
    expect("TRACE-3$Cart::add$17", "Cart::add", NULL, 17, 0);
    expect("TRACE-3$Cart::add$-2", "Cart::add", NULL, 0, 0);
    expect("[JIT] Integer#times@<internal:numeric>:238", "Integer#times", "<internal:numeric>", 238,
           0);
    expect("[JIT] leave", "leave", NULL, 0, 0);
    expect("$lists:map/2", "lists:map/2", NULL, 0, 0);
    expect("TRACE_", "TRACE_", NULL, 0, 0);
    expect("TRACE-1$", "TRACE-1$", NULL, 0, 0);
    expect("JIT$", "JIT$", NULL, 0, 0);
}

/* Pieces that mean something, in any order: some text comes out, and it is never empty. */
static void names_of_any_kind_do_no_harm(void **state)
{
    static const char *const pieces[] = {
        "JS:",     "~",    "'",      "*",      " ",        ":",     "12",   "(",        ")",
        "::",      "[",    "] ",     "L",      ";",        "$",     "/",    "@",        "-",
        "liftoff", "py::", "TRACE_", "[JIT] ", "file://%", "node:", "\xff", "Main.run", "<"};
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        char name[256] = "";
        for (int i = 0; i < 12; i++) {
            random = random * 1664525 + 1013904223;
            strcat(name, pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        struct pool *pool = pool_new();
        struct symbol symbol = jit_parse(name, pool);
        assert_true(symbol.function && *symbol.function);
        assert_true(!symbol.file || *symbol.file);
        assert_true(symbol.line >= 0 && symbol.column >= 0);
        pool_free(pool);
    }
}

static void code_of_scripts_is_javascript(void **state)
{
    assert_true(jit_is_javascript("JS:~f /srv/a.js:1:2"));
    assert_true(jit_is_javascript("LazyCompile:~f /srv/a.js:1"));
    assert_false(jit_is_javascript("py::f:/srv/a.py:1"));
    assert_false(jit_is_javascript("Builtin:CEntry"));
}

TEST_MAIN(cmocka_unit_test(code_of_scripts_is_javascript),
          cmocka_unit_test(every_tier_of_v8_gives_the_same_name),
          cmocka_unit_test(files_may_hold_blanks_and_colons),
          cmocka_unit_test(functions_may_be_empty_or_hold_blanks),
          cmocka_unit_test(other_names_of_v8_are_kept),
          cmocka_unit_test(python_has_function_and_file),
          cmocka_unit_test(files_of_every_kind_are_told_from_functions),
          cmocka_unit_test(webassembly_has_functions_only),
          cmocka_unit_test(the_jvm_has_class_and_method),
          cmocka_unit_test(dotnet_has_class_and_method), cmocka_unit_test(other_runtimes_are_known),
          cmocka_unit_test(names_of_any_kind_do_no_harm))
