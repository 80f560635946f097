/* test_resources.c -- What a runtime counts beside memory: who grows is said, others are not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/server.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

/* A snapshot with so many timers, sockets and Workers. */
static const char *make(const char *name, int number, int timers, int sockets, int workers)
{
    char sql[256];
    const char *path = server(name, number, 10);
    snprintf(sql, sizeof sql,
             "INSERT INTO runtime VALUES ('node', 'activeResources_Timeout', %d),"
             " ('node', 'activeResources_TCPSocketWrap', %d), ('node', 'activeResources_Odd', 3)",
             timers, sockets);
    fixture_sql(path, sql);
    for (int i = 1; i <= workers; i++) {
        snprintf(sql, sizeof sql, "INSERT INTO runtime VALUES ('node worker %d', 'heapUsed', 1)",
                 i);
        fixture_sql(path, sql);
    }
    return path;
}

static void what_grows_has_a_sentence(void **state)
{
    const char *a = make("a.db", 1, 5, 90, 1), *b = make("b.db", 2, 113844, 95, 61);
    const struct fixture_result *result = fixture_run("heapdiff compare %s %s", a, b);
    expect_words(result->out, "113,839 timers were set and not cleared (5 at first, 113,844 now).");
    expect_words(result->out, "60 Workers have not ended.");
    assert_null(strstr(result->out, "sockets"));
    assert_null(strstr(result->out, "Odd"));
}

static void it_has_it_in_every_format(void **state)
{
    const char *a = make("a.db", 1, 5, 90, 1), *b = make("b.db", 2, 113844, 95, 61);
    static const char sentence[] = "113,839 timers were set and not cleared (5 at first, "
                                   "113,844 now).";
    const struct fixture_result *result =
        fixture_run("heapdiff compare %s %s --format markdown", a, b);
    expect_words(result->out, "\n- 113,839 timers were set and not cleared");
    result = fixture_run("heapdiff compare %s %s --format junit --fail-on-growth 1G", a, b);
    expect_words(result->out, sentence);
    result = fixture_run("heapdiff report %s %s", a, b);
    expect_words(result->out, sentence);
}

/* Statements of a database that a function of a script prepared: MIB of them, in so many blocks. */
static const char *make_statements(const char *name, int number, int mib, bool is_collected)
{
    char sql[2048];
    const char *path = server(name, number, 10);
    snprintf(sql, sizeof sql,
             "INSERT INTO module VALUES (9, '/srv/node_modules/better-sqlite3/x.node', NULL, 0, 9, "
             "0, 0);"
             "INSERT INTO location VALUES (20, 20, 9, 20, NULL), (21, 21, 9, 21, NULL),"
             " (22, 22, NULL, NULL, 'JS:*cached /srv/db.js:9:1');"
             "INSERT INTO symbol VALUES (20, 0, 'sqlite3Malloc', NULL, NULL, NULL),"
             " (21, 0, 'sqlite3_prepare_v3', NULL, NULL, NULL);"
             "INSERT INTO node VALUES (22, NULL, 22), (21, 22, 21), (20, 21, 20);"
             "INSERT INTO stack VALUES (20, 20, 'malloc', %d, %d << 20, 0, %d, %d << 20, 1, 0);%s",
             mib, mib, mib, mib,
             is_collected ? "INSERT INTO runtime VALUES ('node', 'js_sample_bytes', 1024);" : "");
    fixture_sql(path, sql);
    return path;
}

static void what_is_to_be_closed_is_said(void **state)
{
    const char *a = make_statements("a.db", 1, 1, false),
               *b = make_statements("b.db", 2, 41, false);
    const struct fixture_result *result = fixture_run("heapdiff compare %s %s", a, b);
    expect_words(result->out,
                 "40.0 MiB of the growth is memory of SQL statements made at cached (db.js:9): it "
                 "stays until the runtime collects them; finalize them, or prepare each text once "
                 "and keep it.");
    a = make_statements("a.db", 1, 1, true);
    b = make_statements("b.db", 2, 41, true);
    result = fixture_run("heapdiff compare %s %s", a, b);
    expect_words(result->out, ": they outlived a collection, so the program holds them; finalize");
    result = fixture_run("heapdiff compare %s %s --format junit --fail-on-growth 1GiB", a, b);
    expect_words(result->out, "<system-out>40.0 MiB of the growth is memory of SQL statements");
    result = fixture_run("heapdiff compare %s %s --format json", a, b);
    cJSON *root = cJSON_Parse(result->out);
    const cJSON *one = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "closable"), 0);
    assert_string_equal(cJSON_GetObjectItem(one, "what")->valuestring, "SQL statements");
    assert_int_equal(cJSON_GetObjectItem(one, "growth_bytes")->valueint, 40 << 20);
    assert_int_equal(cJSON_GetObjectItem(one, "site")->valueint, 1);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(one, "outlived_collection")));
    cJSON_Delete(root);
    a = make_statements("a.db", 1, 41, true);
    b = make_statements("b.db", 2, 41, true);
    assert_null(strstr(fixture_run("heapdiff compare %s %s", a, b)->out, "SQL statements"));
}

/* Up and down, or up once and no more. */
static void what_does_not_go_on_is_not_said(void **state)
{
    const int peak[] = {10, 500, 12, 480, 400}, step[] = {10, 500, 500, 500, 500};
    const char *paths[5];
    for (int i = 0; i < 5; i++) {
        char name[8];
        snprintf(name, sizeof name, "%d.db", i);
        paths[i] = make(name, i + 1, peak[i], step[i], 0);
    }
    const struct fixture_result *result = fixture_run("heapdiff compare %s %s %s %s %s", paths[0],
                                                      paths[1], paths[2], paths[3], paths[4]);
    assert_int_equal(result->status, 0);
    assert_null(strstr(result->out, "timers"));
    assert_null(strstr(result->out, "sockets"));
}

static void json_has_all_counts(void **state)
{
    const char *a = make("a.db", 1, 5, 90, 1), *b = make("b.db", 2, 113844, 590, 61);
    const struct fixture_result *result = fixture_run("heapdiff compare %s %s --format json", a, b);
    cJSON *root = cJSON_Parse(result->out);
    const cJSON *list = cJSON_GetObjectItem(root, "resources");
    assert_int_equal(cJSON_GetArraySize(list), 4);
    const cJSON *sockets = cJSON_GetArrayItem(list, 1);
    assert_string_equal(cJSON_GetObjectItem(sockets, "what")->valuestring, "sockets");
    assert_int_equal(cJSON_GetObjectItem(sockets, "growth")->valueint, 500);
    const cJSON *counts = cJSON_GetObjectItem(sockets, "count");
    assert_int_equal(cJSON_GetArrayItem(counts, 0)->valueint, 90);
    assert_int_equal(cJSON_GetArrayItem(counts, 1)->valueint, 590);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(sockets, "site")));
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 3), "what")->valuestring,
                        "Odd");
    cJSON_Delete(root);
}

TEST_MAIN(cmocka_unit_test(what_grows_has_a_sentence), cmocka_unit_test(it_has_it_in_every_format),
          cmocka_unit_test(what_is_to_be_closed_is_said),
          cmocka_unit_test(what_does_not_go_on_is_not_said), cmocka_unit_test(json_has_all_counts))
