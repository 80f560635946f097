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

TEST_MAIN(cmocka_unit_test(what_grows_has_a_sentence),
          cmocka_unit_test(what_does_not_go_on_is_not_said), cmocka_unit_test(json_has_all_counts))
