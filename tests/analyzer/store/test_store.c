/* test_store.c -- What a snapshot must be to be read, and what is said when it is not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "store/store.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHOLE                                                                                      \
    "INSERT INTO module VALUES (3, '/srv/server', 'aabb', 4096, 8192, 0, 0);"                      \
    "INSERT INTO location VALUES (10, 5000, 3, 5000, NULL), (11, 9, NULL, NULL, 'JS:*f "           \
    "/a.js:1:2');"                                                                                 \
    "INSERT INTO node VALUES (7, 20, 10), (20, NULL, 11);"                                         \
    "INSERT INTO stack VALUES (1, 7, 'malloc', 2, 200, 0, 5, 500, 1, 0),"                          \
    " (2, NULL, 'buffer', 1, 50, 0, 1, 50, 1, 0);"                                                 \
    "INSERT INTO age VALUES (1, 1, 1, 100), (1, 2, 1, 100), (2, 2, 1, 50);"                        \
    "INSERT INTO rss VALUES ('allocator', 1000), ('mmap', 200), ('moon', 3), ('heapdiff', 50);"

static void expect_refusal(const char *path, const char *words)
{
    struct error error = {0};
    struct store *store = store_open(path, &error);
    assert_null(store);
    assert_int_equal(error.code, EXIT_UNUSABLE);
    if (!strstr(error.message, words))
        fail_msg("'%s' is not in: %s", words, error.message);
    assert_null(strchr(error.message, '\n'));
}

static void rows_become_linked_arrays(void **state)
{
    struct error error;
    struct store *store = store_open(fixture_snapshot("whole.db", 2, 1253, WHOLE), &error);
    assert_non_null(store);
    assert_string_equal(store->facts.program, "server");
    assert_int_equal(store->facts.live_bytes, 250);
    assert_int_equal(store->stacks.count, 2);
    const struct store_stack *stack = &store->stacks.items[0];
    const struct store_node *leaf = &store->nodes.items[stack->node];
    assert_string_equal(store->modules.items[store->locations.items[leaf->location].module].path,
                        "/srv/server");
    const struct store_node *caller = &store->nodes.items[leaf->parent];
    assert_string_equal(store->locations.items[caller->location].jit_name, "JS:*f /a.js:1:2");
    assert_int_equal(caller->parent, STORE_NONE);
    assert_int_equal(stack->age_count, 2);
    assert_int_equal(store->ages.items[stack->first_age + 1].epoch, 2);
    assert_int_equal(store->stacks.items[1].node, STORE_NONE);
    assert_int_equal(store->rss[OWNER_ALLOCATOR], 1000);
    assert_int_equal(store->rss[OWNER_OTHER], 3);
    store_close(store);
}

static void a_path_may_hold_anything(void **state)
{
    struct error error;
    const char *path = fixture_snapshot("100%#?.db", 1, 0, WHOLE);
    struct store *store = store_open(path, &error);
    assert_non_null(store);
    assert_string_equal(store->path, path);
    store_close(store);
}

static void what_is_no_snapshot_is_refused(void **state)
{
    expect_refusal(fixture_path("missing.db"), "No such file");
    expect_refusal("/tmp", "is a directory");
    expect_refusal("/dev/null", "is not a regular file");
    expect_refusal(fixture_file("empty.db", ""), "is empty");
    expect_refusal(fixture_file("words.txt", "These are words.\n"), "is not a heapdiff snapshot");
    expect_refusal(fixture_file("x.txt", "x"), "is not a heapdiff snapshot");
    expect_refusal(fixture_file("short.db", "SQLite for"), "is cut short");
}

static void other_databases_and_formats_are_refused(void **state)
{
    const char *other = fixture_path("other.db"), *newer = fixture_path("newer.db");
    fixture_sql(other, "CREATE TABLE a (b)");
    expect_refusal(other, "another program");
    fixture_sql(newer, format_schema_sql);
    fixture_sql(newer, "PRAGMA user_version = 7");
    expect_refusal(newer, "format 7, this heapdiff reads format 1");
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    const char *path = fixture_snapshot("cut.db", 1, 0, WHOLE);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    for (off_t size = status.st_size - 1; size > 0; size = size * 3 / 4) {
        assert_int_equal(truncate(path, size), 0);
        expect_refusal(path, size < 15 ? "" : "cut short");
    }
}

static void overwrite(const char *path, long offset, unsigned char byte)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fputc(byte, file), byte);
    assert_int_equal(fclose(file), 0);
}

/* Any single byte may be wrong: the answer is a message or rows that fit, never a crash. */
static void damaged_bytes_never_crash_the_reader(void **state)
{
    const char *path = fixture_path("damaged.db");
    struct stat status;
    srand(1);
    for (int i = 0; i < 150; i++) {
        fixture_snapshot("damaged.db", 1, 0, WHOLE);
        assert_int_equal(stat(path, &status), 0);
        for (int j = 0; j < 8; j++)
            overwrite(path, 100 + rand() % (long)(status.st_size - 100), (unsigned char)rand());
        struct error error = {0};
        struct store *store = store_open(path, &error);
        assert_true(store || *error.message);
        store_close(store);
    }
}

static void links_that_lead_nowhere_are_refused(void **state)
{
    static const struct {
        const char *sql, *words;
    } faults[] = {
        {"UPDATE node SET parent_id = 7 WHERE id = 20", "circle"},
        {"UPDATE node SET parent_id = 20 WHERE id = 20", "circle"},
        {"UPDATE node SET parent_id = 99 WHERE id = 20", "parent that is not there"},
        {"UPDATE node SET location_id = 99", "location that is not there"},
        {"UPDATE location SET module_id = 99", "module that is not there"},
        {"UPDATE stack SET node_id = 99", "node that is not there"},
        {"UPDATE stack SET kind = 'magic'", "unknown kind"},
        {"UPDATE age SET stack_id = 99 WHERE stack_id = 2", "stack that is not there"},
        {"INSERT INTO region VALUES (1, 2, 'mmap', 99, 0)", "stack that is not there"},
        {"DROP TABLE node", "no such table"},
        {"ALTER TABLE stack RENAME COLUMN kind TO sort", "no such column"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const char *path = fixture_snapshot("fault.db", 1, 0, WHOLE);
        fixture_sql(path, faults[i].sql);
        expect_refusal(path, faults[i].words);
    }
    const char *path = fixture_snapshot("fault.db", 1, 0, WHOLE);
    fixture_sql(path, "DELETE FROM snapshot");
    expect_refusal(path, "is empty");
    path = fixture_snapshot("fault.db", 1, 0, WHOLE);
    fixture_sql(path, "INSERT INTO snapshot SELECT * FROM snapshot");
    expect_refusal(path, "two rows");
}

static void a_program_hidden_in_a_view_is_not_run(void **state)
{
    const char *path = fixture_snapshot("view.db", 1, 0, WHOLE);
    fixture_sql(path, "DROP VIEW top_sites; DROP VIEW stack_frames; DROP VIEW location_name;"
                      "DROP TABLE module; CREATE VIEW module AS WITH RECURSIVE w (id) AS"
                      " (SELECT 1 UNION ALL SELECT id FROM w) SELECT id, '' AS path,"
                      " '' AS build_id FROM w");
    expect_refusal(path, "view");
}

static void absurd_numbers_are_held_in_bounds(void **state)
{
    struct error error;
    const char *path = fixture_snapshot("big.db", 1, INT64_MAX, WHOLE);
    fixture_sql(path, "UPDATE stack SET live_bytes = 9223372036854775807, live_blocks = -1 << 63;"
                      "UPDATE rss SET bytes = -9223372036854775807;"
                      "UPDATE snapshot SET time_ns = -1 << 63");
    struct store *store = store_open(path, &error);
    assert_non_null(store);
    assert_int_equal(store->stacks.items[0].live_bytes, STORE_LIMIT);
    assert_int_equal(store->stacks.items[0].live_blocks, -STORE_LIMIT);
    assert_int_equal(store_sum(INT64_MAX, 1), INT64_MAX / 2);
    assert_int_equal(store_sum(-INT64_MAX / 2, -INT64_MAX / 2), -(INT64_MAX / 2));
    store_close(store);
}

static void deep_stacks_are_read(void **state)
{
    struct error error;
    const char *path = fixture_snapshot(
        "deep.db", 1, 0,
        "INSERT INTO location VALUES (1, 5, NULL, NULL, NULL);"
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 200000)"
        " INSERT INTO node SELECT n, CASE n WHEN 1 THEN NULL ELSE n - 1 END, 1 FROM c;"
        "INSERT INTO stack VALUES (1, 200000, 'malloc', 1, 1, 0, 1, 1, 1, 0)");
    struct store *store = store_open(path, &error);
    assert_non_null(store);
    assert_int_equal(store->nodes.count, 200000);
    store_close(store);
}

static void arenas_are_summed_up_and_may_be_missing(void **state)
{
    struct error error;
    const char *path = fixture_snapshot(
        "arenas.db", 1, 1253,
        WHOLE "INSERT INTO arena VALUES (1, 0, 9, 5, 100, 40, 9, 90, 8), (2, 9, 9, 1, 10, 20, 3, 9,"
              " 2), (3, 20, 29, 0, 0, 0, 0, 4, 0);"
              "INSERT INTO hole VALUES (1, 5, 2, 64), (1, 9, 1, 600), (2, 9, 2, 1100);");
    struct store *store = store_open(path, &error);
    assert_non_null(store);
    assert_int_equal(store->arenas.count, 2);
    assert_int_equal(store->arenas.hole_bytes, 60);
    assert_int_equal(store->arenas.top_resident, 10);
    assert_int_equal(store->arenas.largest_class, 9);
    assert_int_equal(store->arenas.largest_holes, 3);
    assert_int_equal(store->arenas.largest_bytes, 1700);
    store_close(store);
    fixture_sql(path, "DROP TABLE hole; DROP TABLE arena");
    store = store_open(path, &error);
    assert_non_null(store);
    assert_int_equal(store->arenas.count, 0);
    store_close(store);
}

/* What a comparison keeps of a snapshot between others. */
static void a_trimmed_snapshot_keeps_facts_and_statistics(void **state)
{
    struct error error;
    struct store *store = store_open(
        fixture_snapshot("trimmed.db", 2, 1253,
                         WHOLE "INSERT INTO allocator VALUES ('glibc', 'free_bytes', 77)"),
        &error);
    assert_non_null(store);
    store_trim(store);
    assert_int_equal(store->stacks.count, 0);
    assert_string_equal(store->facts.program, "server");
    assert_int_equal(store->rss[OWNER_ALLOCATOR], 1000);
    assert_true(STORE_STATISTIC(&store->allocator, "glibc", "free_bytes", -1) == 77);
    assert_true(STORE_STATISTIC(&store->allocator, "glibc", "moon", -1) == -1);
    store_close(store);
}

TEST_MAIN(cmocka_unit_test(rows_become_linked_arrays), cmocka_unit_test(a_path_may_hold_anything),
          cmocka_unit_test(what_is_no_snapshot_is_refused),
          cmocka_unit_test(other_databases_and_formats_are_refused),
          cmocka_unit_test(a_file_cut_anywhere_is_refused),
          cmocka_unit_test(damaged_bytes_never_crash_the_reader),
          cmocka_unit_test(links_that_lead_nowhere_are_refused),
          cmocka_unit_test(a_program_hidden_in_a_view_is_not_run),
          cmocka_unit_test(absurd_numbers_are_held_in_bounds),
          cmocka_unit_test(deep_stacks_are_read),
          cmocka_unit_test(arenas_are_summed_up_and_may_be_missing),
          cmocka_unit_test(a_trimmed_snapshot_keeps_facts_and_statistics))
