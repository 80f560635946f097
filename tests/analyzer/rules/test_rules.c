/* test_rules.c -- Whose code a frame is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "rules/rules.h"
#include "test.h"

#include <string.h>

static enum frame_class class_of(const char *function, const char *file, const char *module)
{
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    struct rules_subject subject = {.function = function, .file = file, .module = module};
    assert_non_null(rules);
    enum frame_class class = rules_class(rules, &subject);
    rules_free(rules);
    return class;
}

static void a_star_stands_for_anything(void **state)
{
    assert_true(rules_match("std::*", "std::vector<int>::push_back"));
    assert_true(rules_match("*alloc", "my_alloc"));
    assert_true(rules_match("a*b*c", "aXbYbZc"));
    assert_true(rules_match("*", ""));
    assert_true(rules_match("operator new[]", "operator new[]"));
    assert_false(rules_match("std::*", "mystd::x"));
    assert_false(rules_match("malloc", "malloc_usable_size"));
    assert_false(rules_match("a*b", "ac"));
    assert_false(rules_match("", "a"));
}

static void allocation_wrappers_are_known(void **state)
{
    static const char *const names[] = {"malloc",   "operator new[]", "g_malloc0",   "xmalloc",
                                        "zmalloc",  "strdup",         "xstrdup",     "calloc",
                                        "zrealloc", "_sdsnewlen",     "PyMem_Malloc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(class_of(names[i], "x.c", "/srv/server"), CLASS_WRAPPER);
}

static void libraries_and_runtimes_are_not_the_users(void **state)
{
    assert_int_equal(class_of("std::vector<int>::push_back", NULL, "/srv/a"), CLASS_LIBRARY);
    assert_int_equal(class_of(NULL, NULL, "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6"),
                     CLASS_LIBRARY);
    assert_int_equal(class_of("inflate", NULL, "/usr/lib64/libz.so.1"), CLASS_LIBRARY);
    assert_int_equal(class_of("PyDict_New", NULL, "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0"),
                     CLASS_RUNTIME);
    assert_int_equal(class_of("fopen", NULL, "/lib/x86_64-linux-gnu/libc.so.6"), CLASS_LIBRARY);
    assert_int_equal(class_of("emit", "node:events", NULL), CLASS_RUNTIME);
    assert_int_equal(class_of("Builtin:CEntry", NULL, NULL), CLASS_RUNTIME);
    assert_int_equal(class_of("v8::Function::Call", NULL, "/usr/bin/node"), CLASS_RUNTIME);
    assert_int_equal(class_of(NULL, NULL, "/usr/bin/node"), CLASS_RUNTIME);
    assert_int_equal(class_of("__init__", "__init__", NULL), CLASS_RUNTIME);
    assert_int_equal(class_of("__init__", "/srv/app/__init__.py", NULL), CLASS_OWN);
    assert_int_equal(class_of("je_malloc", NULL, "/usr/lib/libjemalloc.so.2"), CLASS_ALLOCATOR);
    assert_int_equal(class_of("hook", NULL, "/opt/lib/libheapdiff.so"), CLASS_HEAPDIFF);
}

static enum frame_owner owner_of(const char *function, const char *file, const char *module)
{
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    const struct rules_subject subject = {function, file, module};
    enum frame_owner owner = rules_owner(rules, &subject, rules_class(rules, &subject));
    rules_free(rules);
    return owner;
}

static void packages_are_dependencies(void **state)
{
    assert_int_equal(class_of("f", "/srv/node_modules/express/index.js", NULL), CLASS_DEPENDENCY);
    assert_int_equal(class_of("f", NULL, "/srv/node_modules/a/build/a.node"), CLASS_DEPENDENCY);
    assert_int_equal(class_of("f", "/v/lib/python3.11/site-packages/numpy/x.py", NULL),
                     CLASS_DEPENDENCY);
    assert_int_equal(class_of("f", NULL, "/v/lib/python3.11/site-packages/numpy/x.so"),
                     CLASS_DEPENDENCY);
    assert_int_equal(class_of("com.fasterxml.jackson.Reader.load", NULL, NULL), CLASS_DEPENDENCY);
    assert_int_equal(class_of("f", "/usr/lib/python3.11/json/decoder.py", NULL), CLASS_RUNTIME);
    assert_int_equal(class_of("f", NULL, "/srv/node_modules/node/bin/node"), CLASS_RUNTIME);
}

static void every_frame_is_of_the_program_a_dependency_or_a_runtime(void **state)
{
    assert_int_equal(owner_of("serve", "/srv/server.js", NULL), OWNER_PROGRAM);
    assert_int_equal(owner_of("f", "/srv/node_modules/a/index.js", NULL), OWNER_DEPENDENCY);
    assert_int_equal(owner_of("inflate", NULL, "/usr/lib64/libz.so.1"), OWNER_DEPENDENCY);
    assert_int_equal(owner_of("je_malloc", NULL, "/srv/app"), OWNER_DEPENDENCY);
    assert_int_equal(owner_of("emit", "node:events", NULL), OWNER_RUNTIME);
    /* wrappers belong to the code that they are part of */
    assert_int_equal(owner_of("xmalloc", "x.c", "/srv/app"), OWNER_PROGRAM);
    assert_int_equal(owner_of("malloc", NULL, "/lib/x86_64-linux-gnu/libc.so.6"), OWNER_DEPENDENCY);
    assert_int_equal(owner_of("allocUnsafe", "node:buffer", NULL), OWNER_RUNTIME);
    assert_string_equal(rules_owner_name(OWNER_DEPENDENCY), "dependency");
}

static void frames_of_every_runtime_are_known(void **state)
{
    static const char *const names[] = {"Builtins_InterpreterEntryTrampoline",
                                        "BytecodeHandler:LdaZero",
                                        "Stub:js-to-wasm:ii:i",
                                        "uv_run",
                                        "_PyEval_EvalFrameDefault",
                                        "(interpreter)",
                                        "StubRoutines (1)",
                                        "new_instance Runtime1 stub",
                                        "jdk.internal.misc.Unsafe.allocateMemory0",
                                        "java.nio.DirectByteBuffer.<init>",
                                        "System.Threading.Thread.StartCallback",
                                        "stub<12> GenerateLookupStub<X>",
                                        "runtime.mallocgc",
                                        "crosscall2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(class_of(names[i], NULL, NULL), CLASS_RUNTIME);
    assert_int_equal(class_of("<alloc::vec::Vec<T> as Clone>::clone", NULL, "/srv/a"),
                     CLASS_LIBRARY);
    assert_int_equal(class_of("f", "/rustc/90b35a6/library/core/src/ops/function.rs", "/srv/a"),
                     CLASS_LIBRARY);
    assert_int_equal(class_of("__rust_alloc", NULL, "/srv/a"), CLASS_WRAPPER);
    assert_int_equal(class_of("_cgo_3f_Cfunc_malloc", NULL, "/srv/a"), CLASS_WRAPPER);
}

static void what_starts_programs_is_told(void **state)
{
    static const char *const names[] = {"_start",       "__libc_start_main_impl",
                                        "start_thread", "clone3",
                                        "_dl_init",     "std::rt::lang_start_internal"};
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(rules_is_start(rules, &(struct rules_subject){.function = names[i]}));
    assert_false(rules_is_start(rules, &(struct rules_subject){.function = "main"}));
    assert_false(rules_is_start(rules, &(struct rules_subject){.function = "fopen"}));
    rules_free(rules);
}

/* Node's own functions that make buffers are passed, those that ask for them are not. */
static void what_makes_buffers_for_others_is_passed(void **state)
{
    assert_int_equal(class_of("allocUnsafeSlow", "node:buffer", NULL), CLASS_WRAPPER);
    assert_int_equal(class_of("createUnsafeBuffer", "node:internal/buffer", NULL), CLASS_WRAPPER);
    assert_int_equal(class_of("readFileAfterStat", "node:fs", NULL), CLASS_RUNTIME);
    assert_int_equal(class_of("allocUnsafeSlow", "/srv/buffer.js", NULL), CLASS_OWN);
    assert_int_equal(
        class_of("node::NodeArrayBufferAllocator::AllocateUninitialized", NULL, "/usr/bin/node"),
        CLASS_WRAPPER);
    assert_int_equal(class_of("node::(anonymous namespace)::CompressionStream<node::ZlibContext>::"
                              "AllocForZlib",
                              NULL, "/usr/bin/node"),
                     CLASS_WRAPPER);
    assert_int_equal(class_of("deflateInit2_", "deflate.c", "/usr/bin/node"), CLASS_WRAPPER);
}

static void the_heap_of_go_is_managed(void **state)
{
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    struct rules_subject grow = {.function = "runtime.(*mheap).grow",
                                 .file = "/usr/local/go/src/runtime/mheap.go",
                                 .module = "/srv/server"};
    assert_int_equal(rules_managed_heap(rules, &grow), HEAP_MANAGED);
    assert_int_equal(class_of("runtime.callCgoMmap", grow.file, grow.module), CLASS_RUNTIME);
    assert_int_equal(class_of("runtime.gcStart", grow.file, grow.module), CLASS_RUNTIME);
    rules_free(rules);
}

static void all_else_is_the_users(void **state)
{
    assert_int_equal(class_of("Interpreter", "/srv/lisp.js", NULL), CLASS_OWN);
    assert_int_equal(class_of("runtime.start", "/srv/a.js", NULL), CLASS_OWN);
    assert_int_equal(class_of("Direct.serve", NULL, NULL), CLASS_OWN);
    assert_int_equal(class_of("loadBlob", "blob.c", "/srv/a"), CLASS_OWN);
    assert_int_equal(class_of("handleUpload", "/srv/server.js", NULL), CLASS_OWN);
    assert_int_equal(class_of("core::Engine::load", "engine.cc", "/srv/game"), CLASS_OWN);
    assert_int_equal(class_of("createStringObject", NULL, "/usr/bin/redis-server"), CLASS_OWN);
    assert_int_equal(class_of("node_new", "tree.c", "/srv/tree"), CLASS_OWN);
    assert_int_equal(class_of("image_new", NULL, "/srv/lib/libimage.so.1"), CLASS_OWN);
    assert_int_equal(class_of("image_new", NULL, "/usr/local/lib/libimage.so.1"), CLASS_OWN);
    assert_int_equal(class_of("run", NULL, "/usr/lib/postgresql/15/bin/postgres"), CLASS_OWN);
    assert_int_equal(class_of(NULL, NULL, NULL), CLASS_OWN);
}

static void mappings_of_the_js_heap_are_told_from_others(void **state)
{
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    struct rules_subject heap = {.function = "v8::internal::MemoryAllocator::AllocateChunk"};
    struct rules_subject wasm = {.function = "v8::internal::BackingStore::TryAllocate"};
    struct rules_subject mine = {.function = "load_index"};
    struct rules_subject collection = {.function = "v8::internal::Heap::CollectGarbage"};
    assert_int_equal(rules_managed_heap(rules, &heap), HEAP_PAGE);
    assert_int_equal(rules_managed_heap(rules, &collection), HEAP_MANAGED);
    assert_int_equal(rules_managed_heap(rules, &wasm), HEAP_OTHER);
    assert_int_equal(rules_managed_heap(rules, &mine), HEAP_UNKNOWN);
    rules_free(rules);
}

static void a_users_rules_go_before_ours(void **state)
{
    struct error error;
    const char *path = fixture_file("my.rules", "# mine\n\nwrapper function my_new*\n"
                                                "own  function  std::mine::*  \n");
    struct rules *rules = rules_new(path, &error);
    struct rules_subject mine = {.function = "my_new_item"}, std = {.function = "std::mine::f"};
    assert_non_null(rules);
    assert_int_equal(rules_class(rules, &mine), CLASS_WRAPPER);
    assert_int_equal(rules_class(rules, &std), CLASS_OWN);
    rules_free(rules);
}

static void both_conditions_of_a_rule_must_hold(void **state)
{
    struct error error;
    const char *path = fixture_file("both.rules", "wrapper function take* & file /srv/pool/*\n");
    struct rules *rules = rules_new(path, &error);
    struct rules_subject both = {.function = "take_one", .file = "/srv/pool/a.c"};
    struct rules_subject one = {.function = "take_one", .file = "/srv/app/a.c"};
    struct rules_subject other = {.function = "give", .file = "/srv/pool/a.c"};
    assert_non_null(rules);
    assert_int_equal(rules_class(rules, &both), CLASS_WRAPPER);
    assert_int_equal(rules_class(rules, &one), CLASS_OWN);
    assert_int_equal(rules_class(rules, &other), CLASS_OWN);
    rules_free(rules);
}

static void faulty_rules_name_file_and_line(void **state)
{
    static const char *const faults[] = {
        "wrapper function a\nwraper function b\n", "\nwrapper func b\n", "#\nwrapper function\n",
        "\nwrapper function a & fil b\n", "\nwrapper function a & file \n"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct error error;
        assert_null(rules_new(fixture_file("bad.rules", faults[i]), &error));
        assert_non_null(strstr(error.message, "bad.rules:2: "));
        assert_int_equal(error.code, EXIT_UNUSABLE);
    }
    struct error error;
    assert_null(rules_new("/nowhere/x.rules", &error));
    assert_non_null(strstr(error.message, "/nowhere/x.rules"));
}

TEST_MAIN(cmocka_unit_test(a_star_stands_for_anything),
          cmocka_unit_test(allocation_wrappers_are_known),
          cmocka_unit_test(libraries_and_runtimes_are_not_the_users),
          cmocka_unit_test(packages_are_dependencies),
          cmocka_unit_test(every_frame_is_of_the_program_a_dependency_or_a_runtime),
          cmocka_unit_test(frames_of_every_runtime_are_known),
          cmocka_unit_test(what_starts_programs_is_told), cmocka_unit_test(all_else_is_the_users),
          cmocka_unit_test(what_makes_buffers_for_others_is_passed),
          cmocka_unit_test(the_heap_of_go_is_managed),
          cmocka_unit_test(mappings_of_the_js_heap_are_told_from_others),
          cmocka_unit_test(a_users_rules_go_before_ours),
          cmocka_unit_test(both_conditions_of_a_rule_must_hold),
          cmocka_unit_test(faulty_rules_name_file_and_line))
