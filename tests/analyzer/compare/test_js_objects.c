/* test_js_objects.c -- Objects of a JavaScript heap beside the mappings that they lie in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/comparison.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define MIB (1LL << 20)

/* A server with 20 MiB of blocks, and V8's heap of %1$d MiB. */
#define SERVER                                                                                     \
    "INSERT INTO module VALUES (1, '/srv/server', NULL, 0, 9, 0, 0);"                              \
    "INSERT INTO location VALUES (1, 600, 1, 600, NULL),"                                          \
    " (2, 700, NULL, NULL, 'v8::internal::MemoryAllocator::AllocatePage');"                        \
    "INSERT INTO node VALUES (1, NULL, 1), (2, NULL, 2);"                                          \
    "INSERT INTO stack VALUES (1, 1, 'malloc', 20, 20 << 20, 0, 100, 100 << 20, 1, 0),"            \
    " (2, 2, 'mmap', 1, 64 << 20, 0, 1, 64 << 20, 1, 0);"                                          \
    "INSERT INTO region VALUES (1, 2, 'mmap', 2, %1$d << 20);"                                     \
    "INSERT INTO rss VALUES ('allocator', 22 << 20), ('mmap', %1$d << 20);"

static const char *make(const char *name, int number, int heap, const char *more)
{
    char sql[8192];
    int length = snprintf(sql, sizeof sql, SERVER, heap);
    snprintf(sql + length, sizeof sql - (size_t)length, "%s", more);
    return fixture_snapshot(name, number, (22 + heap) * MIB, sql);
}

static struct rules *rules;

static struct comparison *compare(const char *const *paths)
{
    struct error error;
    if (!rules)
        rules = rules_new(NULL, &error);
    struct comparison *comparison = comparison_open(paths, 2, rules, &error);
    if (!comparison)
        fail_msg("%s", error.message);
    return comparison;
}

/* Objects of V8's heap: %1$d samples of 64 KiB by remember that are old, %2$d that are young. */
#define JS_ROWS                                                                                    \
    "INSERT INTO js_frame VALUES (1, 'remember', 'file:///srv/server.js', 12, 18);"                \
    "INSERT INTO js_node VALUES (1, NULL, 1, 'node');"                                             \
    "INSERT INTO js_live SELECT 1, 1, %1$d, %1$d << 16, %1$d * 4294967296.0 WHERE %1$d > 0;"       \
    "INSERT INTO js_live SELECT 1, 2, %2$d, %2$d << 16, %2$d * 4294967296.0 WHERE %2$d > 0;"       \
    "INSERT INTO runtime SELECT 'node', 'js_sample_bytes', 65536 WHERE %3$d;"

static struct comparison *compare_heaps(int heap, int young, bool is_known)
{
    char first[2048], last[2048];
    snprintf(first, sizeof first, JS_ROWS, is_known ? 32 : 0, 0, is_known);
    snprintf(last, sizeof last, JS_ROWS, 32, young, true);
    const char *paths[] = {make("a.db", 1, 30, first), make("b.db", 2, heap, last)};
    return compare(paths);
}

static void objects_explain_the_heap_and_are_not_counted_twice(void **state)
{
    struct comparison *comparison = compare_heaps(70, 512, true);
    const struct site *site = comparison->ranked[0];
    assert_int_equal(site->kind, KIND_JS);
    assert_string_equal(site->frame.function, "remember");
    assert_string_equal(site->frame.file, "/srv/server.js");
    assert_int_equal(site->frame.line, 12);
    assert_int_equal(site->growth_bytes, 32 * MIB);
    assert_int_equal(site->old_bytes, 2 * MIB);
    assert_true(site->deviation > MIB && site->deviation < 2 * MIB);
    assert_int_equal(comparison->growth_bytes, 32 * MIB);
    assert_int_equal(comparison->growth.bytes[PART_NATIVE_BLOCKS], 0);
    assert_int_equal(comparison->growth.bytes[PART_JS_HEAP], 40 * MIB);
    assert_int_equal(comparison->verdict.kind, VERDICT_JS_HEAP);
    assert_non_null(
        strstr(comparison->verdict.text.bytes,
               ", most of that kept by objects that remember (server.js:12) allocated"));
    comparison_close(comparison);
}

/* A snapshot without a collection has no such rows: what the other one has is no growth. */
static void objects_that_one_snapshot_knows_have_not_grown(void **state)
{
    struct comparison *comparison = compare_heaps(30, 512, false);
    assert_int_equal(comparison->growth_bytes, 0);
    assert_int_equal(comparison->verdict.kind, VERDICT_NONE);
    assert_int_equal(comparison->notes.count, 1);
    comparison_close(comparison);
    comparison = compare_heaps(30, 512, true); /* a heap that had room */
    assert_int_equal(comparison->verdict.kind, VERDICT_JS_HEAP);
    comparison_close(comparison);
}

static void few_samples_are_noise(void **state)
{
    struct comparison *comparison = compare_heaps(30, 8, true);
    assert_int_equal(comparison->growing_count, 0);
    comparison_close(comparison);
}

static void mappings_of_v8_are_one_site(void **state)
{
    const char *more =
        "INSERT INTO location VALUES (8, 800, NULL, NULL, 'v8::internal::Heap::Grow'),"
        " (9, 900, NULL, NULL, 'v8::internal::MemoryAllocator::AllocatePage');"
        "INSERT INTO node VALUES (8, NULL, 8), (9, 8, 9);"
        "INSERT INTO stack VALUES (5, 9, 'mmap', 1, 64, 0, 1, 64, 1, 0);";
    const char *paths[] = {make("a.db", 1, 30, ""), make("b.db", 2, 30, more)};
    struct comparison *comparison = compare(paths);
    size_t heaps = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        heaps += site->is_managed;
        if (site->is_managed)
            assert_string_equal(site->frame.function, "JavaScript heap (V8)");
    }
    assert_int_equal(heaps, 1);
    comparison_close(comparison);
}

static int free_rules(void **state)
{
    rules_free(rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_explain_the_heap_and_are_not_counted_twice),
        cmocka_unit_test(objects_that_one_snapshot_knows_have_not_grown),
        cmocka_unit_test(few_samples_are_noise),
        cmocka_unit_test(mappings_of_v8_are_one_site),
    };
    return cmocka_run_group_tests(tests, NULL, free_rules);
}
