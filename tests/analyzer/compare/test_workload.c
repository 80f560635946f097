/* test_workload.c -- An all-clear needs work behind it: what the load and the server say of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/workload.h"

#include "compare/comparison.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define ROWS                                                                                       \
    "INSERT INTO module VALUES (1, '/srv/server', 'aabb', 4096, 8192, 0, 0);"                      \
    "INSERT INTO location VALUES (1, 5000, 1, 5000, NULL);"                                        \
    "INSERT INTO node VALUES (1, NULL, 1);"                                                        \
    "INSERT INTO stack VALUES (1, 1, 'malloc', 2, 200, 0, 5, 500, 1, 0);"

/* A snapshot after so many requests, of which some failed; negative: the server does not count. */
static const char *snapshot(const char *name, int number, int requests, int failures)
{
    char sql[512] = "";
    const char *path = fixture_snapshot(name, number, 4096, ROWS);
    snprintf(sql, sizeof sql,
             "INSERT INTO runtime VALUES ('node', 'http_requests', %d),"
             " ('node', 'http_failures', %d);",
             requests, failures);
    if (requests >= 0)
        fixture_sql(path, sql);
    return path;
}

/* The verdict after REQUESTS requests between two snapshots, FAILURES of which failed. */
static void expect(int requests, int failures, struct workload done, const char *obstacle)
{
    struct error error;
    struct rules *rules = rules_new(NULL, &error);
    int first = requests < 0 ? -1 : 100;
    const char *paths[] = {
        snapshot("first.db", 1, first, 7),
        snapshot("last.db", 2, requests < 0 ? -1 : first + requests, 7 + failures)};
    const struct comparison_options options = {.rules = rules, .workload = &done};
    struct comparison *comparison = comparison_open_with(paths, 2, &options, &error);
    if (!comparison)
        fail_msg("%s", error.message);
    if (!obstacle)
        assert_null(comparison->obstacle);
    else if (!comparison->obstacle || strcmp(comparison->obstacle, obstacle) != 0)
        fail_msg("%s", comparison->obstacle ? comparison->obstacle : "no obstacle");
    comparison_close(comparison);
    rules_free(rules);
}

static const struct workload good = {.load_status = 0, .connections = -1};

static void work_is_no_obstacle(void **state)
{
    expect(20, 0, good, NULL);
    expect(20, 19, good, NULL);
    expect(-1, 0, good, NULL);
}

static void a_load_that_fails_is_one_whatever_was_done(void **state)
{
    struct workload failed = {.load_status = 1, .connections = 3};
    expect(20, 0, failed, "the load ended with status 1 after 20 requests");
    expect(1, 0, failed, "the load ended with status 1 after 1 request");
    expect(-1, 0, failed, "the load ended with status 1 after 3 connections");
    failed.connections = -1;
    expect(-1, 0, failed, "the load ended with status 1");
}

static void requests_that_all_fail_are_one(void **state)
{
    expect(20, 20, good, "all 20 requests failed (the server answered 4xx or 5xx)");
}

/* Connections are counted from tables of the kernel, which forgets some of them. */
static void requests_of_the_server_count_more_than_connections(void **state)
{
    const struct workload unseen = {
        .load_status = 0, .connections = 0, .obstacle = "no connection reached port 80"};
    expect(20, 0, unseen, NULL);
    expect(0, 0, unseen, "no connection reached port 80");
    expect(-1, 0, unseen, "no connection reached port 80");
}

TEST_MAIN(cmocka_unit_test(work_is_no_obstacle),
          cmocka_unit_test(a_load_that_fails_is_one_whatever_was_done),
          cmocka_unit_test(requests_that_all_fail_are_one),
          cmocka_unit_test(requests_of_the_server_count_more_than_connections))
