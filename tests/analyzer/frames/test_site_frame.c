/* test_site_frame.c -- Which frame of a stack is the site, when it is the user's and when not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/site_frame.h"

#include "fixture.h"
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
        char parent[16] = "NULL";
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

TEST_MAIN(cmocka_unit_test(the_first_own_frame_is_the_site),
          cmocka_unit_test(without_one_it_is_the_first_of_the_runtime),
          cmocka_unit_test(then_what_was_called_in_a_library),
          cmocka_unit_test(then_the_outermost_wrapper_but_never_malloc),
          cmocka_unit_test(a_stack_without_frames_says_so),
          cmocka_unit_test(a_managed_heap_is_its_own_site))
