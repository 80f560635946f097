/* test_groups.c -- Lists by label and by thread; without a wish for them a site stays one site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/server.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *a, *b;

#define FRAMES                                                                                     \
    "INSERT INTO module VALUES (1, '/srv/server', 'aa', 0, 1 << 20, 0, 0);"                        \
    "INSERT INTO location VALUES (1, 1, 1, 1, NULL), (2, 2, 1, 2, NULL), (3, 3, 1, 3, NULL),"      \
    " (4, 4, 1, 4, NULL), (5, 5, 1, 5, NULL);"                                                     \
    "INSERT INTO symbol VALUES (1, 0, 'grow', '/srv/grow.c', 10, NULL),"                           \
    " (2, 0, 'main', '/srv/main.c', 20, NULL), (3, 0, '_start', NULL, NULL, NULL),"                \
    " (4, 0, 'worker_loop', '/srv/pool.c', 30, NULL), (5, 0, 'start_thread', NULL, NULL, NULL);"   \
    "INSERT INTO node VALUES (1, NULL, 3), (2, 1, 2), (3, 2, 1), (4, NULL, 5), (5, 4, 4),"         \
    " (6, 5, 1);"
#define STACK "(%d, %d, 'malloc', %d, %d << 20, 0, %d, %d << 20, 1, 0)"

/* MiB of main under "orders", the same without a label, and of a worker under "users"; the first
 * two have the same frames. */
static const char *snapshot(const char *name, int number, int orders, int none, int users)
{
    char sql[4096];
    const int mib[] = {orders, none, users}, nodes[] = {3, 3, 6};
    size_t length = (size_t)snprintf(sql, sizeof sql, FRAMES "INSERT INTO stack VALUES ");
    for (int i = 0; i < 3; i++)
        length += (size_t)snprintf(sql + length, sizeof sql - length, "%s" STACK, i ? ", " : "",
                                   i + 1, nodes[i], mib[i], mib[i], mib[i], mib[i]);
    snprintf(sql + length, sizeof sql - length,
             "; INSERT INTO label VALUES (7, 'GET /orders'), (9, 'users|' || char(27) || '[1m');"
             "INSERT INTO thread VALUES (1, 'server', 0), (2, 'pool-%d', %d);"
             "INSERT INTO tag VALUES (1, 7, 1), (2, NULL, 1), (3, 9, 2);"
             "INSERT INTO age SELECT id, %d, live_blocks, live_bytes FROM stack;"
             "INSERT INTO rss VALUES ('allocator', %d << 20)",
             number, number > 1, number, orders + none + users);
    return fixture_snapshot(name, number, (orders + none + users) * MIB, sql);
}

static int make_snapshots(void **state)
{
    (void)state;
    a = snapshot("a.db", 1, 10, 5, 20);
    b = snapshot("b.db", 2, 50, 6, 20);
    return 0;
}

/* The line of the output that ends with NAME has NUMBER in it. */
static void expect_line(const struct fixture_result *result, const char *name, const char *number)
{
    char end[128];
    snprintf(end, sizeof end, "  %s\n", name);
    const char *at = strstr(result->out, end), *begin = at;
    if (!at)
        fail_msg("no line ends with '%s': %s%s", name, result->out, result->err);
    while (begin > result->out && begin[-1] != '\n')
        begin--;
    const char *found = strstr(begin, number);
    if (!found || found > at)
        fail_msg("'%s' is not in the line of %s: %s", number, name, result->out);
}

static void each_label_has_its_own_growth(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff compare --by label --all %s %s", a, b);
    expect_line(result, "GET /orders", "+40.0 MiB");
    expect_line(result, "(no label)", "+1.0 MiB");
    expect_line(result, "users|?[1m", " 0 B");
    assert_null(strstr(result->out, "heapdiff_label"));
    result = fixture_run("heapdiff compare --by label %s %s", a, b);
    assert_null(strstr(result->out, "users|"));
    result = fixture_run("heapdiff show --by label %s", b);
    expect_line(result, "GET /orders", "50.0 MiB");
}

static void a_recorded_thread_is_its_number_and_its_last_name(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff compare --by thread --all %s %s", a, b);
    expect_line(result, "server #1", "+41.0 MiB");
    expect_line(result, "pool-2 #2 (ended)", " 0 B");
    assert_null(strstr(result->out, "pool-1"));
    assert_null(strstr(result->out, "HEAPDIFF_THREADS"));
}

static void threads_of_two_processes_go_together_by_name(void **state)
{
    const char *other = snapshot("other.db", 2, 50, 6, 20);
    fixture_sql(other, "UPDATE snapshot SET started_ns = 5000000000;"
                       "UPDATE thread SET name = 'server', number = 3 WHERE number = 1;"
                       "UPDATE tag SET thread = 3 WHERE thread = 1");
    const struct fixture_result *result =
        fixture_run("heapdiff compare --by thread --all %s %s", a, other);
    expect_line(result, "server", "+41.0 MiB");
    expect_line(result, "pool-1", "-20.0 MiB");
    expect_line(result, "pool-2", "+20.0 MiB");
}

static void without_recorded_threads_it_is_what_they_run(void **state)
{
    const char *c = snapshot("c.db", 1, 10, 5, 20), *d = snapshot("d.db", 2, 50, 6, 21);
    fixture_sql(c, "UPDATE tag SET thread = NULL; DELETE FROM thread");
    fixture_sql(d, "UPDATE tag SET thread = NULL; DELETE FROM thread");
    const struct fixture_result *result = fixture_run("heapdiff compare --by thread %s %s", c, d);
    expect_line(result, "main thread", "+41.0 MiB");
    expect_line(result, "worker_loop (pool.c)", "+1.0 MiB");
    expect_words(result->out, "HEAPDIFF_THREADS=1 records the thread of a block.");
    fixture_sql(d, "UPDATE stack SET truncated = 1, node_id = 6 WHERE id = 3;"
                   "UPDATE node SET parent_id = NULL WHERE id = 5");
    result = fixture_run("heapdiff show --by thread %s", d);
    expect_line(result, "(stacks that were cut short)", "21.0 MiB");
}

static void what_an_older_heapdiff_did_not_record_is_said(void **state)
{
    const char *old = snapshot("old.db", 1, 10, 5, 20);
    fixture_sql(old, "DROP TABLE tag; DROP TABLE label; DROP TABLE thread");
    const struct fixture_result *result =
        fixture_run("heapdiff compare --by label --all %s %s", old, b);
    expect_line(result, "(not recorded)", "-35.0 MiB");
    expect_line(result, "GET /orders", "+50.0 MiB");
    result = fixture_run("heapdiff compare --by thread --all %s %s", old, b);
    expect_line(result, "(not recorded)", "-35.0 MiB");
    expect_line(result, "server #1", "+56.0 MiB");
    result = fixture_run("heapdiff show --by label %s", old);
    expect_line(result, "(not recorded)", "35.0 MiB");
    expect_words(result->out, "No labels were recorded");
}

/* The growth of a site, its blocks and its score do not know of tags. */
static void tags_do_not_split_a_site(void **state)
{
    const char *c = snapshot("c.db", 1, 10, 5, 20), *d = snapshot("d.db", 2, 50, 6, 20);
    fixture_sql(c, "DELETE FROM tag");
    fixture_sql(d, "DELETE FROM tag");
    char *tagged = strdup(fixture_run("heapdiff compare %s %s", a, b)->out);
    assert_string_equal(fixture_run("heapdiff compare %s %s", c, d)->out, tagged);
    expect_words(tagged, "+41.0 MiB");
    free(tagged);
    cJSON *root = cJSON_Parse(fixture_run("heapdiff compare --all --format json %s %s", a, b)->out);
    const cJSON *sites = cJSON_GetObjectItem(root, "sites");
    assert_int_equal(cJSON_GetArraySize(sites), 1);
    const cJSON *site = cJSON_GetArrayItem(sites, 0);
    assert_true(cJSON_GetObjectItem(site, "growth_bytes")->valuedouble == 41.0 * MIB);
    assert_true(cJSON_GetObjectItem(site, "growth_blocks")->valuedouble == 41);
    cJSON_Delete(root);
}

static void trees_stand_below_their_group(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff compare --by label --tree top-down %s %s", a, b);
    const char *label = strstr(result->out, "GET /orders"), *main = strstr(result->out, "main");
    assert_true(label && main && label < main);
}

static void filters_hold_for_groups_too(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff show --by label --filter worker_loop %s", b);
    expect_line(result, "users|?[1m", "20.0 MiB");
    assert_null(strstr(result->out, "GET /orders"));
}

static void programs_and_pull_requests_get_groups_too(void **state)
{
    cJSON *root =
        cJSON_Parse(fixture_run("heapdiff compare --by label --format json %s %s", a, b)->out);
    const cJSON *group = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "groups"), 0);
    assert_string_equal(cJSON_GetObjectItem(group, "name")->valuestring, "GET /orders");
    assert_true(cJSON_GetObjectItem(group, "growth_bytes")->valuedouble == 40.0 * MIB);
    assert_int_equal(cJSON_GetObjectItem(group, "sites")->valueint, 1);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(root, "groups_note")));
    cJSON_Delete(root);
    const struct fixture_result *result =
        fixture_run("heapdiff compare --by label --all --format markdown %s %s", a, b);
    expect_words(result->out, "| 1 | GET /orders | +40.0 MiB | +40 | 50.0 MiB | 1 |\n");
    expect_words(result->out, "users\\|?\\[1m");
}

static void tags_of_nothing_are_damage(void **state)
{
    const char *bad = snapshot("bad.db", 1, 10, 5, 20);
    fixture_sql(bad, "INSERT INTO tag VALUES (99, 7, 1)");
    expect_error(fixture_run("heapdiff show %s", bad), 2, "a tag refers to a stack");
    fixture_sql(bad, "DELETE FROM tag WHERE stack_id = 99;"
                     "UPDATE tag SET label_id = 8 WHERE stack_id = 1");
    expect_error(fixture_run("heapdiff show %s", bad), 2, "a tag refers to a label");
    fixture_sql(bad, "UPDATE tag SET label_id = 7, thread = 5 WHERE stack_id = 1");
    expect_error(fixture_run("heapdiff show %s", bad), 2, "a tag refers to a thread");
    fixture_sql(bad, "DROP TABLE thread");
    expect_error(fixture_run("heapdiff show %s", bad), 2, "is damaged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_label_has_its_own_growth),
        cmocka_unit_test(a_recorded_thread_is_its_number_and_its_last_name),
        cmocka_unit_test(threads_of_two_processes_go_together_by_name),
        cmocka_unit_test(without_recorded_threads_it_is_what_they_run),
        cmocka_unit_test(what_an_older_heapdiff_did_not_record_is_said),
        cmocka_unit_test(tags_do_not_split_a_site),
        cmocka_unit_test(trees_stand_below_their_group),
        cmocka_unit_test(filters_hold_for_groups_too),
        cmocka_unit_test(programs_and_pull_requests_get_groups_too),
        cmocka_unit_test(tags_of_nothing_are_damage)};
    return cmocka_run_group_tests(tests, make_snapshots, NULL);
}
