/* test_cache.c -- Answers of earlier runs: kept, checked, dropped, and never in the way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/cache.h"

#include "fixture.h"
#include "test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_LIMIT INT64_MAX

struct seen {
    size_t count;
    uint64_t offsets; /* sum */
    char last[64];
};

static void see(void *context, uint64_t offset, const char *bytes, size_t length)
{
    struct seen *seen = context;
    seen->count++;
    seen->offsets += offset;
    assert_true(length < sizeof seen->last);
    memcpy(seen->last, bytes, length);
    seen->last[length] = '\0';
}

static const char *fresh(const char *name)
{
    const char *path = fixture_path(name);
    unlink(path);
    return path;
}

/* One module with answers at 1 … COUNT; WATCHED is a path that it was looked for at. */
static void fill(const char *path, const char *build_id, const char *watched, size_t count,
                 bool has_debug_info)
{
    struct cache *cache = cache_open(path);
    assert_non_null(cache);
    struct cache_module module = {
        .build_id = build_id,
        .config = "usual",
        .looked_at = watched,
        .looked_at_length = strlen(watched) + 1,
        .facts = {.file = "/bin/shop", .has_debug_info = has_debug_info, .has_table = true}};
    size_t number = cache_begin(cache, &module);
    for (uint64_t offset = 1; offset <= count; offset++)
        cache_add(cache, number, offset, "answer", strlen("answer"));
    cache_close(cache, NO_LIMIT);
}

static bool load(const char *path, const char *build_id, const char *config, struct seen *seen)
{
    struct cache *cache = cache_open(path);
    struct pool *pool = pool_new();
    struct symbol_module facts;
    *seen = (struct seen){0};
    bool good = cache && cache_load(cache, build_id, config, pool, &facts, see, seen);
    if (good) {
        assert_string_equal(facts.file, "/bin/shop");
        assert_null(facts.debug_file);
        assert_true(facts.has_table);
    }
    cache_close(cache, NO_LIMIT);
    pool_free(pool);
    return good;
}

static void what_one_run_found_the_next_one_knows(void **state)
{
    const char *path = fresh("kept.db"), *watched = fixture_file("shop", "program");
    struct seen seen;
    fill(path, "aa", watched, 3, true);
    assert_true(load(path, "aa", "usual", &seen));
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.offsets, 1 + 2 + 3);
    assert_string_equal(seen.last, "answer");
    assert_false(load(path, "bb", "usual", &seen));
}

static void a_loaded_module_can_be_gone_on_with(void **state)
{
    const char *path = fresh("more.db"), *watched = fixture_file("shop", "program");
    struct seen seen;
    fill(path, "aa", watched, 3, true);
    struct cache *cache = cache_open(path);
    cache_add(cache, cache_continue(cache, "aa"), 10, "", 0); /* nothing is known: remembered too */
    cache_add(cache, cache_continue(cache, "gone"), 10, "x", 1);
    cache_close(cache, NO_LIMIT);
    assert_true(load(path, "aa", "usual", &seen));
    assert_int_equal(seen.count, 4);
    assert_false(load(path, "gone", "usual", &seen));
}

static void answers_go_when_a_file_comes_goes_or_changes(void **state)
{
    const char *path = fresh("stamps.db"), *watched = fixture_path("debug-file");
    struct seen seen;
    unlink(watched);
    fill(path, "aa", watched, 3, true);
    assert_true(load(path, "aa", "usual", &seen));
    fixture_file("debug-file", "installed");
    assert_false(load(path, "aa", "usual", &seen));
    fill(path, "aa", watched, 2, true);
    assert_true(load(path, "aa", "usual", &seen));
    assert_int_equal(seen.count, 2); /* begun anew */
    fixture_file("debug-file", "another version");
    assert_false(load(path, "aa", "usual", &seen));
    fill(path, "aa", watched, 2, true);
    unlink(watched);
    assert_false(load(path, "aa", "usual", &seen));
}

static void without_debug_information_a_new_way_to_look_is_tried(void **state)
{
    const char *path = fresh("config.db"), *watched = fixture_file("shop", "program");
    struct seen seen;
    fill(path, "aa", watched, 1, false);
    fill(path, "bb", watched, 1, true);
    assert_true(load(path, "aa", "usual", &seen));
    assert_false(load(path, "aa", "with debuginfod", &seen));
    assert_true(load(path, "bb", "with debuginfod", &seen));
}

static void the_longest_unused_goes_first(void **state)
{
    const char *path = fresh("limit.db"), *watched = fixture_file("shop", "program");
    const int64_t limit = 200000;
    struct seen seen;
    struct stat status;
    fill(path, "old", watched, 5000, true);
    fixture_sql(path, "UPDATE module SET used = used - 1000");
    fill(path, "new", watched, 2000, true);
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size > limit);
    struct cache *cache = cache_open(path);
    cache_continue(cache, "new");
    cache_close(cache, limit);
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size <= limit);
    assert_false(load(path, "old", "usual", &seen));
    assert_true(load(path, "new", "usual", &seen));
    assert_int_equal(seen.count, 2000);
}

static void a_damaged_file_is_made_anew(void **state)
{
    static const char *const damages[] = {"", "SQLite format 3",
                                          "no database at all, but longer "
                                          "than a header of one would be, "
                                          "which is a hundred bytes long"};
    const char *watched = fixture_file("shop", "program");
    struct seen seen;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        const char *path = fixture_file("damaged.db", damages[i]);
        fill(path, "aa", watched, 3, true);
        assert_true(load(path, "aa", "usual", &seen));
        assert_int_equal(seen.count, 3);
    }
    const char *path = fresh("foreign.db");
    fixture_sql(path, "CREATE TABLE module (x); PRAGMA user_version = 7");
    fill(path, "aa", watched, 3, true);
    assert_true(load(path, "aa", "usual", &seen));
}

/* Every byte of the file once: names that are wrong must never come out. */
static void a_garbled_page_gives_no_answer(void **state)
{
    const char *path = fresh("garbled.db"), *watched = fixture_file("shop", "program");
    struct stat status;
    fill(path, "aa", watched, 40, true);
    assert_int_equal(stat(path, &status), 0);
    size_t whole = (size_t)status.st_size;
    char *bytes = memory_zeroed(whole, 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, bytes, whole), whole);
    close(fd);
    for (size_t at = 0; at < whole; at += 97) {
        struct seen seen;
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        bytes[at] ^= 0x55;
        assert_int_equal(write(fd, bytes, whole), whole);
        bytes[at] ^= 0x55;
        close(fd);
        struct cache *cache = cache_open(path);
        struct pool *pool = pool_new();
        struct symbol_module facts;
        seen = (struct seen){0};
        if (cache && cache_load(cache, "aa", "usual", pool, &facts, see, &seen) && seen.count > 0)
            assert_string_equal(seen.last, "answer");
        cache_close(cache, NO_LIMIT);
        pool_free(pool);
    }
    free(bytes);
}

static void expect_whole(const char *path)
{
    sqlite3 *database;
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &row, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(row, 0), "ok");
    sqlite3_finalize(row);
    sqlite3_close(database);
}

static void two_writers_do_not_harm_each_other(void **state)
{
    const char *path = fresh("writers.db"), *watched = fixture_file("shop", "program");
    struct seen seen;
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char build_id[8];
            for (int round = 0; round < 10; round++) {
                snprintf(build_id, sizeof build_id, "%d%d", i % 2, round);
                fill(path, build_id, watched, 50, true);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    fill(path, "last", watched, 5, true);
    assert_true(load(path, "last", "usual", &seen));
    assert_int_equal(seen.count, 5);
    expect_whole(path);
}

/* All of them find no cache and create it at the same time: each gets one. */
static void a_file_that_many_make_at_once_is_made_once(void **state)
{
    const char *watched = fixture_file("shop", "program");
    for (int round = 0; round < 30; round++) {
        const char *path = round % 2 ? fresh("born.db") : fixture_file("born.db", "not ours");
        int start[2];
        pid_t children[4];
        assert_int_equal(pipe(start), 0);
        for (int i = 0; i < 4; i++) {
            children[i] = fork();
            if (children[i] == 0) {
                char byte, build_id[8];
                close(start[1]);
                assert_int_equal(read(start[0], &byte, 1), 0); /* until the parent has closed it */
                snprintf(build_id, sizeof build_id, "%d", i);
                fill(path, build_id, watched, 3, true);
                _exit(0);
            }
        }
        close(start[0]);
        close(start[1]);
        for (int i = 0; i < 4; i++) {
            int status;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_int_equal(status, 0);
        }
    }
}

static void it_may_be_deleted_while_it_is_in_use(void **state)
{
    const char *path = fresh("deleted.db"), *watched = fixture_file("shop", "program");
    struct seen seen;
    fill(path, "aa", watched, 3, true);
    struct cache *cache = cache_open(path);
    unlink(path);
    cache_add(cache, cache_continue(cache, "aa"), 10, "x", 1);
    cache_close(cache, NO_LIMIT);
    assert_false(load(path, "aa", "usual", &seen));
    fill(path, "aa", watched, 3, true);
    assert_true(load(path, "aa", "usual", &seen));
}

static void where_nothing_can_be_written_there_is_no_cache(void **state)
{
    fixture_file("file", "");
    char path[256];
    snprintf(path, sizeof path, "%s/heapdiff/symbols.db", fixture_path("file"));
    assert_null(cache_open(path));
    assert_null(cache_open(NULL));
    assert_null(cache_open("/dev/null"));
}

TEST_MAIN(cmocka_unit_test(what_one_run_found_the_next_one_knows),
          cmocka_unit_test(a_loaded_module_can_be_gone_on_with),
          cmocka_unit_test(answers_go_when_a_file_comes_goes_or_changes),
          cmocka_unit_test(without_debug_information_a_new_way_to_look_is_tried),
          cmocka_unit_test(the_longest_unused_goes_first),
          cmocka_unit_test(a_damaged_file_is_made_anew),
          cmocka_unit_test(a_garbled_page_gives_no_answer),
          cmocka_unit_test(two_writers_do_not_harm_each_other),
          cmocka_unit_test(a_file_that_many_make_at_once_is_made_once),
          cmocka_unit_test(it_may_be_deleted_while_it_is_in_use),
          cmocka_unit_test(where_nothing_can_be_written_there_is_no_cache))
