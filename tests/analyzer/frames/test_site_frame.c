/* test_site_frame.c -- Which frame of a stack is the site, when it is the user's and when not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/site_frame.h"

#include "fixture.h"
#include "frames/frame_name.h"
#include "frames/shared.h"
#include "symbols/symbols.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define MOST_FRAMES 8

/* A snapshot with one stack of native frames, leaf first, by names that it carries itself. */
static const char *snapshot_of(const char *kind, const char *const *names)
{
    char sql[8192];
    int length = snprintf(sql, sizeof sql,
                          "INSERT INTO module (id, path, start, end, bias, unloaded)"
                          " VALUES (1, '/nowhere/app', 0, 100, 0, 0);");
    int count = 0;
    while (count < MOST_FRAMES && names[count])
        count++;
    for (int i = count; i >= 1; i--) {
        char parent[24] = "NULL";
        if (i < count)
            snprintf(parent, sizeof parent, "%d", i + 1);
        length += snprintf(sql + length, sizeof sql - (size_t)length,
                           "INSERT INTO location VALUES (%d, %d, 1, %d, NULL);"
                           "INSERT INTO node VALUES (%d, %s, %d);"
                           "INSERT INTO symbol VALUES (%d, 0, '%s', 'x.c', %d, NULL);",
                           i, i, i, i, parent, i, i, names[i - 1], i);
    }
    snprintf(sql + length, sizeof sql - (size_t)length,
             "INSERT INTO stack VALUES (1, %s, '%s', 1, 1, 0, 1, 1, 1, 0)", count ? "1" : "NULL",
             kind);
    return fixture_snapshot("one.db", 1, 4096, sql);
}

static void expect(const char *kind, bool managed, const char *site, const char *const *names)
{
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    struct symbols *symbols = symbols_new(NULL);
    struct store *store = store_open(snapshot_of(kind, names), &error);
    if (!store)
        fail_msg("%s", error.message);
    struct frames *frames = frames_new(store, symbols, rules);
    struct frame frame = site_frame_find(frames, &store->stacks.items[0], managed);
    assert_string_equal(frame.function, site);
    frames_free(frames);
    store_close(store);
    symbols_free(symbols);
    rules_free(rules);
}

#define NAMES(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static void the_first_own_frame_is_the_site(void **state)
{
    expect("malloc", false, "load", NAMES("xmalloc", "std::vector::push_back", "load", "main"));
    expect("malloc", false, "main", NAMES("operator new", "std::make_shared", "main", "_start"));
}

static void without_one_it_is_the_first_of_the_runtime(void **state)
{
    expect("malloc", false, "uv_loop_init",
           NAMES("malloc", "uv_loop_init", "node::Start", "_start"));
}

static void then_what_was_called_in_a_library(void **state)
{
    expect("malloc", false, "std::locale::classic",
           NAMES("operator new", "std::locale::_S_initialize", "std::locale::classic", "_dl_init",
                 "_dl_start_user"));
}

static void then_the_outermost_wrapper_but_never_malloc(void **state)
{
    expect("malloc", false, "g_strdup", NAMES("malloc", "g_malloc", "g_strdup", "start_thread"));
    expect("malloc", false, "start_thread", NAMES("malloc", "calloc", "start_thread", "clone3"));
    expect("malloc", false, "(caller not known)", NAMES("malloc"));
    expect("malloc", false, "(caller not known)", NAMES("je_arena_malloc", "operator new"));
}

static void a_stack_without_frames_says_so(void **state)
{
    expect("malloc", false, "(no stack)", (const char *const[]){NULL});
}

static void a_managed_heap_is_its_own_site(void **state)
{
    expect("mmap", true, "v8::internal::MemoryAllocator::Allocate",
           NAMES("mmap", "v8::internal::MemoryAllocator::Allocate", "handleUpload", "main"));
}

/* One frame of a stack, leaf first, in JS, Python, Java or native code. */
struct row {
    const char *module, *offset_or_jit, *symbol; /* JIT code has no module; NULL symbol: no name */
};

static const char *mixed_snapshot(const struct row *rows, size_t count)
{
    char sql[8192];
    int length = snprintf(sql, sizeof sql, "%s", "");
    for (size_t i = count; i >= 1; i--) {
        const struct row *row = &rows[i - 1];
        char parent[24] = "NULL";
        if (i < count)
            snprintf(parent, sizeof parent, "%zu", i + 1);
        if (row->module)
            length += snprintf(sql + length, sizeof sql - (size_t)length,
                               "INSERT INTO module VALUES (%zu, '%s', NULL, 0, 100, 0, 0);"
                               "INSERT INTO location VALUES (%zu, %zu, %zu, %zu, NULL);",
                               i, row->module, i, i, i, i);
        else
            length += snprintf(sql + length, sizeof sql - (size_t)length,
                               "INSERT INTO location VALUES (%zu, %zu, NULL, NULL, '%s');", i, i,
                               row->offset_or_jit);
        if (row->symbol)
            length += snprintf(sql + length, sizeof sql - (size_t)length,
                               "INSERT INTO symbol VALUES (%zu, 0, '%s', NULL, NULL, NULL);", i,
                               row->symbol);
        length += snprintf(sql + length, sizeof sql - (size_t)length,
                           "INSERT INTO node VALUES (%zu, %s, %zu);", i, parent, i);
    }
    snprintf(sql + length, sizeof sql - (size_t)length,
             "INSERT INTO stack VALUES (1, 1, 'malloc', 1, 1, 0, 1, 1, 1, 0)");
    return fixture_snapshot("mixed.db", 1, 4096, sql);
}

static void add_name(const struct frame *frame, bool is_way, struct text *out)
{
    if (frame && is_way)
        frame_name_way(frame, out);
    else if (frame)
        frame_name(frame, NULL, out);
    text_add(out, "");
}

/* SITE and WAY as a report says them; WAY "" when nothing is on the way. */
static void expect_mixed(const char *site, const char *way, const struct row *rows, size_t count)
{
    struct error error;
    struct text site_text = {0}, way_text = {0};
    struct rules *rules = rules_new(NULL, &error);
    struct symbols *symbols = symbols_new(NULL);
    struct store *store = store_open(mixed_snapshot(rows, count), &error);
    if (!store)
        fail_msg("%s", error.message);
    struct frames *frames = frames_new(store, symbols, rules);
    struct frame frame = site_frame_find(frames, &store->stacks.items[0], false);
    add_name(&frame, false, &site_text);
    add_name(site_frame_way(frames, &store->stacks.items[0], &frame), true, &way_text);
    assert_string_equal(site_text.bytes, site);
    assert_string_equal(way_text.bytes, way);
    text_done(&site_text);
    text_done(&way_text);
    frames_free(frames);
    store_close(store);
    symbols_free(symbols);
    rules_free(rules);
}

static void expect_shared(enum rules_shared expected, const struct row *rows, size_t count)
{
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    struct symbols *symbols = symbols_new(NULL);
    struct store *store = store_open(mixed_snapshot(rows, count), &error);
    if (!store)
        fail_msg("%s", error.message);
    struct frames *frames = frames_new(store, symbols, rules);
    assert_int_equal(shared_of(frames, &store->stacks.items[0]), expected);
    frames_free(frames);
    store_close(store);
    symbols_free(symbols);
    rules_free(rules);
}

#define EXPECT_SHARED(shared, ...)                                                                 \
    do {                                                                                           \
        const struct row rows[] = {__VA_ARGS__};                                                   \
        expect_shared(shared, rows, sizeof rows / sizeof *rows);                                   \
    } while (0)
#define EXPECT(site, way, ...)                                                                     \
    do {                                                                                           \
        const struct row rows[] = {__VA_ARGS__};                                                   \
        expect_mixed(site, way, rows, sizeof rows / sizeof *rows);                                 \
    } while (0)
#define NATIVE(module, symbol)                                                                     \
    {                                                                                              \
        module, NULL, symbol                                                                       \
    }
#define JIT(name)                                                                                  \
    {                                                                                              \
        NULL, name, NULL                                                                           \
    }

static void a_package_is_on_the_way_and_the_program_is_the_site(void **state)
{
    EXPECT("cached (server.js:10)", "prepare (better-sqlite3)",
           NATIVE("/srv/node_modules/better-sqlite3/build/better_sqlite3.node", "growOp3"),
           NATIVE("/usr/bin/node", "v8::Function"),
           JIT("JS:~prepare /srv/node_modules/better-sqlite3/lib/wrappers.js:4:9"),
           JIT("JS:*cached /srv/server.js:10:2"), JIT("JS:~serve /srv/server.js:20:2"));
    EXPECT("decode (frames.py:9)", "full (numpy)",
           NATIVE("/usr/lib/python3/dist-packages/numpy/core/_mu.cpython-311.so", "npy_alloc"),
           JIT("py::full:/usr/lib/python3/dist-packages/numpy/core/numeric.py:385"),
           JIT("py::decode:/srv/frames.py:9"));
    EXPECT("Auth.check", "com.fasterxml.jackson.core.json.Reader.load (com.fasterxml.jackson)",
           JIT("Lcom/fasterxml/jackson/core/json/Reader;load"), JIT("LAuth;check"));
    EXPECT("load (server)", "xmlParse (libxml2.so.2)",
           NATIVE("/usr/lib/x86_64-linux-gnu/libxml2.so.2", "xmlParse"),
           NATIVE("/srv/server", "load"));
    EXPECT("load (server)", "", NATIVE("/usr/lib/x86_64-linux-gnu/libc.so.6", "fopen"),
           NATIVE("/srv/server", "load"));
}

static void without_the_program_the_nearest_dependency_is_the_site(void **state)
{
    EXPECT("onEnd (raw-body/index.js:272)", "", NATIVE("/usr/bin/node", "node::New"),
           JIT("JS:~onEnd /srv/node_modules/.pnpm/raw-body@2/node_modules/raw-body/index.js:272:3"),
           JIT("JS:~emit node:events:5:1"));
    EXPECT("grow (@a/b/b.node)", "", NATIVE("/srv/node_modules/@a/b/build/b.node", NULL),
           NATIVE("/srv/node_modules/@a/b/build/b.node", "grow"),
           NATIVE("/usr/bin/node", "node::Call"));
}

static void a_name_comes_before_none(void **state)
{
    EXPECT("api (libmine.so)", "", NATIVE("/srv/libmine.so", NULL),
           NATIVE("/srv/libmine.so", "api"), NATIVE("/srv/app", "main"));
    EXPECT("libmine.so+0x2", "xmlNew (libxml2.so.2)",
           NATIVE("/usr/lib/x86_64-linux-gnu/libxml2.so.2", "xmlNew"),
           NATIVE("/srv/libmine.so", NULL), NATIVE("/srv/app", "main"));
}

#define NODE(symbol) NATIVE("/usr/bin/node", symbol)
#define JVM(symbol)  NATIVE("/usr/lib/jvm/lib/server/libjvm.so", symbol)

static void a_slab_of_a_pool_has_no_owner(void **state)
{
    EXPECT_SHARED(SHARED_BUFFER_POOL, NODE("v8::internal::BackingStore::Allocate"),
                  JIT("JS:~createPool node:buffer:152:20"), JIT("JS:~allocate node:buffer:429:18"),
                  JIT("JS:~readFrame /srv/server.js:12:3"));
    EXPECT_SHARED(SHARED_NONE, NODE("v8::internal::BackingStore::Allocate"),
                  JIT("JS:~allocate node:buffer:429:18"), JIT("JS:~readBody /srv/server.js:12:3"));
    EXPECT_SHARED(SHARED_NONE, JIT("JS:~createPool /srv/pg/pool.js:152:20"));
    EXPECT_SHARED(SHARED_SOCKET_READ, NODE("node::Environment::allocate_managed_buffer"),
                  NODE("node::EmitToJSStreamListener::OnStreamAlloc"), NODE("uv__read"));
    EXPECT_SHARED(SHARED_NETTY_ARENA, JIT("Ljava/nio/ByteBuffer;allocateDirect"),
                  JIT("Lio/netty/buffer/PoolArena$DirectArena;newChunk"), JIT("LHandler;read"));
    EXPECT_SHARED(SHARED_NONE, JIT("Ljava/nio/ByteBuffer;allocateDirect"),
                  JIT("Lio/netty/buffer/PoolArena$DirectArena;newUnpooledChunk"));
}

/* What the program does beyond its own frame is not asked, and an arena alone may be anyone's. */
static void arenas_of_a_compiler_at_work_are_scratch(void **state)
{
    EXPECT_SHARED(SHARED_COMPILER, JVM("os::malloc"), JVM("ChunkPool::allocate"),
                  JVM("Arena::grow"), JVM("PhaseChaitin::Register_Allocate"),
                  JVM("CompileBroker::compiler_thread_loop"));
    EXPECT_SHARED(SHARED_COMPILER, JVM("Arena::grow"), JVM("RangeCheckEliminator::calc_bounds"));
    EXPECT_SHARED(SHARED_NONE, JVM("os::malloc"), JVM("Arena::Arena"),
                  JVM("SymbolTable::create_table"));
    EXPECT_SHARED(SHARED_NONE, JVM("AllocateHeap"), JVM("nmethod::new_nmethod"),
                  JVM("CompileBroker::compiler_thread_loop"));
    EXPECT_SHARED(SHARED_NONE, NATIVE("/srv/app", "Arena::grow"),
                  NATIVE("/srv/app", "Compile::run"));
    EXPECT_SHARED(SHARED_COMPILER, NODE("v8::internal::Zone::Expand"),
                  NODE("v8::internal::compiler::PipelineCompilationJob::ExecuteJobImpl"),
                  NODE("v8::internal::OptimizingCompileDispatcher::CompileNext"));
    EXPECT_SHARED(SHARED_NONE, NODE("v8::internal::Zone::Expand"),
                  NODE("v8::internal::wasm::WasmEngine::WasmEngine"));
}

/* Handles that an addon makes stay a site of their own. */
static void records_of_a_heap_follow_the_heap(void **state)
{
    EXPECT_SHARED(SHARED_RECORDS, NODE("operator new"),
                  NODE("v8::internal::MutablePageMetadata::AllocateFreeListCategories"),
                  NODE("v8::internal::Heap::AllocateRaw"));
    EXPECT_SHARED(SHARED_NONE, NODE("operator new"), NODE("v8::internal::GlobalHandles::Create"));
}

TEST_MAIN(cmocka_unit_test(a_slab_of_a_pool_has_no_owner),
          cmocka_unit_test(arenas_of_a_compiler_at_work_are_scratch),
          cmocka_unit_test(records_of_a_heap_follow_the_heap),
          cmocka_unit_test(a_package_is_on_the_way_and_the_program_is_the_site),
          cmocka_unit_test(without_the_program_the_nearest_dependency_is_the_site),
          cmocka_unit_test(a_name_comes_before_none),
          cmocka_unit_test(the_first_own_frame_is_the_site),
          cmocka_unit_test(without_one_it_is_the_first_of_the_runtime),
          cmocka_unit_test(then_what_was_called_in_a_library),
          cmocka_unit_test(then_the_outermost_wrapper_but_never_malloc),
          cmocka_unit_test(a_stack_without_frames_says_so),
          cmocka_unit_test(a_managed_heap_is_its_own_site))
