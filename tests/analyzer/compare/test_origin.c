/* test_origin.c -- Memory that no stack of the program leads to hangs on objects that it asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/comparison.h"
#include "compare/origin.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define MIB (1LL << 20)

/* Stacks: 1 the thread pool in InitZlib; 2 a stream's read after its tick; 3 compress, and 4
 * openReport, through Node's modules; 5 handle, through none; 6 a read of a socket. */
#define FRAMES                                                                                     \
    "INSERT INTO module VALUES (1, '/usr/bin/node', NULL, 0, 9, 0, 0);"                            \
    "INSERT INTO location VALUES (1, 100, NULL, NULL, 'node::ZlibContext::InitZlib'),"             \
    " (2, 200, NULL, NULL, 'JS:*_read node:internal/fs/streams:248:9'),"                           \
    " (3, 300, NULL, NULL, 'JS:*processTicks node:internal/process/task_queues:1:1'),"             \
    " (4, 400, NULL, NULL, 'JS:*Gzip node:zlib:600:1'),"                                           \
    " (5, 500, NULL, NULL, 'JS:*compress /srv/archive.js:9:1'),"                                   \
    " (6, 600, NULL, NULL, 'JS:*ReadStream node:internal/fs/streams:160:1'),"                      \
    " (7, 700, NULL, NULL, 'JS:*openReport /srv/streams.js:9:1'),"                                 \
    " (8, 800, NULL, NULL, 'JS:*handle /srv/server.js:3:1'),"                                      \
    " (9, 900, NULL, NULL, 'JS:*onread node:internal/stream_base_commons:170:1');"                 \
    "INSERT INTO node VALUES (1, NULL, 1), (2, NULL, 3), (3, 2, 2), (4, NULL, 5), (5, 4, 4),"      \
    " (6, NULL, 7), (7, 6, 6), (8, NULL, 8), (9, NULL, 9);"

#define STACKS                                                                                     \
    "INSERT INTO stack VALUES (1, 1, 'malloc', %1$lld, %1$lld << 22, 0, %1$lld, %1$lld << 22, 1, " \
    "0),"                                                                                          \
    " (2, 3, 'malloc', %1$lld, %1$lld << 21, 0, %1$lld, %1$lld << 21, 1, 0),"                      \
    " (3, 5, 'malloc', %1$lld, %1$lld << 17, 0, %1$lld, %1$lld << 17, 1, 0),"                      \
    " (4, 7, 'malloc', %1$lld, %1$lld << 16, 0, %1$lld, %1$lld << 16, 1, 0),"                      \
    " (5, 8, 'malloc', %1$lld, %1$lld << 18, 0, %1$lld, %1$lld << 18, 1, 0),"                      \
    " (6, 9, 'malloc', %1$lld, %1$lld << 19, 0, %1$lld, %1$lld << 19, 1, 0);"                      \
    "INSERT INTO rss VALUES ('allocator', %1$lld << 23), ('heapdiff', 3 << 20);"

static struct rules *rules;

static const char *make(const char *name, int number, long long count)
{
    char sql[8192];
    snprintf(sql, sizeof sql, FRAMES STACKS, count);
    return fixture_snapshot(name, number, (count * 8 + 3) * MIB, sql);
}

static struct comparison *compare(void)
{
    const char *const paths[] = {make("a.db", 1, 8), make("b.db", 2, 16)};
    struct error error;
    if (!rules)
        rules = rules_new(NULL, &error);
    struct comparison *comparison = comparison_open(paths, 2, rules, &error);
    if (!comparison)
        fail_msg("%s", error.message);
    return comparison;
}

static const struct site *find(const struct comparison *comparison, const char *function)
{
    for (size_t i = 0; i < comparison->site_count; i++)
        if (strstr(comparison->ranked[i]->frame.function, function))
            return comparison->ranked[i];
    fail_msg("no site is %s", function);
    return NULL;
}

static void expect(const char *function, const char *origin)
{
    struct comparison *comparison = compare();
    const struct site *found = origin_find(comparison, find(comparison, function));
    if (origin)
        assert_string_equal(found ? found->frame.function : "none", origin);
    else
        assert_null(found);
    comparison_close(comparison);
}

static void work_of_the_thread_pool_is_of_who_made_the_compressor(void **state)
{
    expect("InitZlib", "compress");
}

static void a_read_after_its_tick_is_of_who_opened_the_stream(void **state)
{
    expect("_read", "openReport");
}

static void what_goes_through_no_module_of_its_own_is_of_no_one(void **state)
{
    expect("onread", NULL);
}

static void a_function_of_the_program_speaks_for_itself(void **state)
{
    expect("handle", NULL);
}

static void the_sentence_names_both(void **state)
{
    struct comparison *comparison = compare();
    const char *text = comparison->verdict.text.bytes;
    if (!strstr(text, "InitZlib") || !strstr(text, "for objects that compress (archive.js:9) made"))
        fail_msg("%s", text);
    comparison_close(comparison);
}

static int free_rules(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_of_the_thread_pool_is_of_who_made_the_compressor),
        cmocka_unit_test(a_read_after_its_tick_is_of_who_opened_the_stream),
        cmocka_unit_test(what_goes_through_no_module_of_its_own_is_of_no_one),
        cmocka_unit_test(a_function_of_the_program_speaks_for_itself),
        cmocka_unit_test(the_sentence_names_both),
    };
    return cmocka_run_group_tests(tests, NULL, free_rules);
}
