/* test_export.c -- heapdiff export from outside: files, names, refusals; nothing half-written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/set.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const heap =
    "INSERT INTO location VALUES (1, 1, NULL, NULL, 'keep');"
    "INSERT INTO node VALUES (1, NULL, 1);"
    "INSERT INTO stack VALUES (1, 1, 'malloc', 3, 300, 0, 3, 300, 1, 0)";

static void expect_words(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("'%s' is not in: %s", words, text);
}

/* One line on stderr, nothing on stdout. */
static void expect_refusal(const struct fixture_result *result, const char *words)
{
    assert_int_equal(result->status, 2);
    assert_string_equal(result->out, "");
    assert_ptr_equal(strchr(result->err, '\n'), result->err + strlen(result->err) - 1);
    expect_words(result->err, words);
}

static void one_snapshot_goes_to_stdout(void **state)
{
    const char *a = fixture_snapshot("a.db", 1, 1000, heap);
    const struct fixture_result *result = fixture_run("heapdiff export %s", a);
    assert_int_equal(result->status, 0);
    assert_string_equal(result->err, "");
    assert_int_equal(strncmp(result->out, "{\"snapshot\":{\"meta\":{", 21), 0);
    expect_words(result->out, "\"node_count\":7,\"edge_count\":6");
    expect_words(result->out, "\"extra_native_bytes\":700}");
    assert_string_equal(result->out + strlen(result->out) - 4, "\"]}\n");
}

static void a_file_is_named_and_said(void **state)
{
    const char *a = fixture_snapshot("a.db", 1, 1000, heap), *out = fixture_path("x.heapsnapshot");
    const struct fixture_result *result = fixture_run("heapdiff export %s -o %s", a, out);
    assert_int_equal(result->status, 0);
    assert_int_equal(strncmp(result->out, out, strlen(out)), 0);
    assert_int_equal(access(out, R_OK), 0);
    assert_string_equal(result->err, "");
    result = fixture_run("heapdiff export %s -o %s", a, fixture_path("x.json"));
    assert_int_equal(result->status, 0);
    expect_words(result->err, "only under a name that ends with .heapsnapshot");
}

/* Stacks, leaf first: 1 take < keep, 2 take < use; take only allocates for them. */
static const char *wrapped(const char *name, int number, int kept, int used_ever)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "INSERT INTO location VALUES (1, 1, NULL, NULL, 'JS:~keep /a.js:1:1'),"
             " (2, 2, NULL, NULL, 'JS:~use /a.js:2:1'), (3, 3, NULL, NULL, 'JS:~take /a.js:3:1');"
             "INSERT INTO node VALUES (1, NULL, 1), (2, NULL, 2), (11, 1, 3), (12, 2, 3);"
             "INSERT INTO stack VALUES (1, 11, 'malloc', %1$d, %1$d << 10, 0, %1$d, %1$d << 10, 1,"
             " 0), (2, 12, 'malloc', 10, 10240, 0, %2$d, %2$d << 10, 1, 0);"
             "INSERT INTO rss VALUES ('allocator', (%1$d + 10) << 10);",
             kept, used_ever);
    return fixture_snapshot(name, number, (kept + 10LL) << 10, sql);
}

/* The name of the class of the blocks of STACK in the last of COUNT snapshots. */
static const char *class_of(const char *const *paths, size_t count, uint32_t stack)
{
    static char name[64];
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    const struct set_options options = {.class_by = CLASS_BY_SITE, .rules = rules};
    struct set *set = set_open(paths, count, &options, &error);
    if (!set)
        fail_msg("%s", error.message);
    snprintf(name, sizeof name, "%s",
             set->class_names.items[set->snapshots[count - 1].classes[stack]]);
    set_close(set);
    rules_free(rules);
    return name;
}

static void sites_are_named_as_compare_names_them(void **state)
{
    const char *paths[] = {wrapped("a.db", 1, 100, 1000), wrapped("b.db", 2, 20100, 50000)};
    expect_words(fixture_run("heapdiff compare %s %s", paths[0], paths[1])->out, "keep (a.js:1)");
    expect_words(class_of(paths, 2, 0), "keep (a.js:1)");
    expect_words(class_of(paths, 2, 1), "use (a.js:2)");
    expect_words(class_of(paths, 1, 0), "take (a.js:3)"); /* one cannot tell */
}

/* The same frames under two labels, of which one grew and the other shrank. */
static const char *tagged(const char *name, int number, int orders, int users)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "INSERT INTO location VALUES (1, 1, NULL, NULL, 'JS:~keep /a.js:1:1');"
             "INSERT INTO node VALUES (1, NULL, 1);"
             "INSERT INTO stack VALUES (1, 1, 'malloc', %1$d, %1$d, 0, %1$d, %1$d, 1, 0),"
             " (2, 1, 'malloc', %2$d, %2$d, 0, %2$d, %2$d, 1, 0),"
             " (3, 1, 'buffer', 5, 5, 0, 5, 5, 1, 0);"
             "INSERT INTO label VALUES (1, 'orders;new'), (2, 'users');"
             "INSERT INTO thread VALUES (4, 'pool', 0);"
             "INSERT INTO tag VALUES (1, 1, 4), (2, 2, NULL);",
             orders, users);
    return fixture_snapshot(name, number, 1 << 20, sql);
}

static void labels_and_threads_stand_below_the_root_when_asked_for(void **state)
{
    const char *a = tagged("a.db", 1, 100, 70), *b = tagged("b.db", 2, 130, 60);
    const struct fixture_result *result =
        fixture_run("heapdiff export %s --format folded --by label | sort", a);
    assert_string_equal(result->out, "(no label);keep (a.js:1) 5\norders:new;keep (a.js:1) 100\n"
                                     "users;keep (a.js:1) 70\n");
    result = fixture_run("heapdiff export %s --format folded --by thread | sort", a);
    assert_string_equal(result->out, "(not recorded);keep (a.js:1) 5\n"
                                     "(not recorded);keep (a.js:1) 70\n"
                                     "pool #4;keep (a.js:1) 100\n");
    result = fixture_run("heapdiff export %s --format folded | sort", a);
    assert_string_equal(result->out, "keep (a.js:1) 170\nkeep (a.js:1) 5\n");
    result = fixture_run("heapdiff export %s %s --format folded --growth", a, b);
    assert_string_equal(result->out, "keep (a.js:1) 20\n");
    fixture_sql(a, "DELETE FROM tag; DELETE FROM label");
    expect_refusal(fixture_run("heapdiff export %s --by label --format folded", a),
                   "no label was recorded; a program sets labels with heapdiff_label");
}

static void profiles_tell_labels_and_threads_apart(void **state)
{
    const char *a = tagged("a.db", 1, 100, 70), *b = tagged("b.db", 2, 130, 60);
    const struct fixture_result *result =
        fixture_run("heapdiff export %s %s --format json --growth", a, b);
    expect_words(result->out, "\"label\":\"orders;new\",\"thread\":\"pool #4\",\"blocks\":30,");
    expect_words(result->out, "{\"kind\":\"malloc\",\"label\":\"users\",\"blocks\":-10,");
    result = fixture_run("heapdiff export %s --format pprof | zcat | strings -n 4", a);
    expect_words(result->out, "orders;new");
    expect_words(result->out, "pool #4");
}

static void what_cannot_be_done_is_refused_in_one_line(void **state)
{
    const char *a = fixture_snapshot("a.db", 1, 1000, heap);
    const char *b = fixture_snapshot("b.db", 2, 1000, heap);
    expect_refusal(fixture_run("heapdiff export"), "export takes a snapshot");
    expect_refusal(fixture_run("heapdiff export %s --format docx", a), "--format takes");
    expect_refusal(fixture_run("heapdiff export %s %s", a, b), "make several files");
    expect_refusal(
        fixture_run("heapdiff export %s %s -o %s", a, b, fixture_path("one.heapsnapshot")),
        "make several files");
    expect_refusal(fixture_run("heapdiff export %s %s --growth", a, b), "cannot store growth");
    expect_refusal(fixture_run("heapdiff export %s --growth --format folded", a), "two snapshots");
    expect_refusal(fixture_run("heapdiff export %s %s --growth --format folded", b, a),
                   "name the earlier snapshot first");
    expect_refusal(fixture_run("heapdiff export %s -o /nowhere/x.heapsnapshot", a), "cannot write");
    expect_refusal(fixture_run("heapdiff export %s", fixture_file("no.db", "text")), "no.db");
}

static void a_full_disk_leaves_neither_a_file_nor_exit_code_0(void **state)
{
    const char *a = fixture_snapshot("a.db", 1, 1000, heap);
    static const char *const formats[] = {"heapsnapshot", "heaptimeline", "heapprofile",
                                          "pprof",        "folded",       "json"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct fixture_result *result =
            fixture_run("heapdiff export %s --format %s >/dev/full", a, formats[i]);
        assert_int_equal(result->status, 2);
        expect_words(result->err, "No space left on device");
    }
}

static void a_snapshot_that_turns_out_damaged_leaves_the_old_file_as_it_was(void **state)
{
    const char *bad = fixture_snapshot("bad.db", 1, 1000, heap);
    const char *out = fixture_file("old.heapsnapshot", "old");
    struct stat status;
    fixture_sql(bad, "PRAGMA foreign_keys = OFF; INSERT INTO block VALUES (1, 100, 99, 1)");
    expect_refusal(fixture_run("heapdiff export %s -o %s", bad, out),
                   "a block refers to a stack that is not there");
    assert_int_equal(stat(out, &status), 0);
    assert_int_equal(status.st_size, 3);
    assert_int_equal(fixture_run("ls %s.*.part", out)->status, 2);
}

TEST_MAIN(cmocka_unit_test(one_snapshot_goes_to_stdout), cmocka_unit_test(a_file_is_named_and_said),
          cmocka_unit_test(sites_are_named_as_compare_names_them),
          cmocka_unit_test(labels_and_threads_stand_below_the_root_when_asked_for),
          cmocka_unit_test(profiles_tell_labels_and_threads_apart),
          cmocka_unit_test(what_cannot_be_done_is_refused_in_one_line),
          cmocka_unit_test(a_full_disk_leaves_neither_a_file_nor_exit_code_0),
          cmocka_unit_test(a_snapshot_that_turns_out_damaged_leaves_the_old_file_as_it_was))
