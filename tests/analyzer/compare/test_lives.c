/* test_lives.c -- Whose snapshots they are: one process, workers, a service that was restarted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/lives.h"

#include "fixture.h"
#include "test.h"

#include <stdio.h>

static const char *paths[16];
static size_t count;

/* A snapshot of a process, MINUTE minutes after the fixture's process was started. */
static void add(int pid, int minute, const char *command)
{
    char name[32], sql[256];
    snprintf(name, sizeof name, "%d.%d.db", pid, minute);
    snprintf(sql, sizeof sql, "UPDATE snapshot SET pid = %d, command_line = '%s'", pid, command);
    paths[count] = fixture_snapshot(name, minute, 1000 * minute, "");
    fixture_sql(paths[count++], sql);
}

static struct lives read_lives(void)
{
    struct lives lives = {0};
    struct error error;
    if (!lives_read(&lives, paths, count, &error))
        fail_msg("%s", error.message);
    count = 0;
    return lives;
}

static void snapshots_of_one_process_are_one_life(void **state)
{
    add(7, 2, "server");
    add(7, 1, "server");
    struct lives lives = read_lives();
    assert_int_equal(lives.list.count, 1);
    assert_int_equal(lives.list.items[0].first_rss, 1000);
    assert_int_equal(lives.list.items[0].last_rss, 2000);
    assert_false(lives_are_several(&lives));
    lives_done(&lives);
}

/* An old release and a new one, each with a snapshot: they are compared with each other. */
static void two_processes_with_a_snapshot_each_are_compared_as_they_are(void **state)
{
    add(7, 1, "server");
    add(8, 2, "server");
    struct lives lives = read_lives();
    assert_int_equal(lives.list.count, 2);
    assert_false(lives_are_several(&lives));
    lives_done(&lives);
}

static void workers_of_one_command_line_are_one_program(void **state)
{
    for (int minute = 1; minute <= 3; minute++) {
        add(7, minute, "worker");
        add(8, minute, "worker");
        add(9, minute, "primary");
    }
    struct lives lives = read_lives();
    assert_true(lives_are_several(&lives));
    assert_int_equal(lives.programs.count, 2);
    assert_int_equal(lives.programs.items[0].lives.count, 2);
    assert_int_equal(lives.programs.items[0].moments, 3);
    assert_false(lives.programs.items[0].is_restarted);
    lives_done(&lives);
}

static void a_restart_is_one_life_after_the_other(void **state)
{
    for (int minute = 1; minute <= 3; minute++)
        add(7, minute, "server");
    for (int minute = 4; minute <= 6; minute++)
        add(8, minute, "server");
    struct lives lives = read_lives();
    assert_int_equal(lives.programs.count, 1);
    assert_true(lives.programs.items[0].is_restarted);
    assert_int_equal(lives.programs.items[0].moments, 3);
    lives_done(&lives);
}

/* The life that ended early must not take the trend from the others. */
static void a_life_of_two_snapshots_is_left_out_where_others_have_more(void **state)
{
    add(7, 1, "worker");
    add(7, 2, "worker");
    for (int minute = 1; minute <= 5; minute++)
        add(8, minute, "worker");
    for (int minute = 3; minute <= 5; minute++)
        add(9, minute, "worker");
    struct lives lives = read_lives();
    const struct program *program = &lives.programs.items[0];
    assert_int_equal(program->moments, 3);
    assert_int_equal(program->lives.count, 2);
    const struct life *long_life = &lives.list.items[program->lives.items[0]];
    assert_int_equal(long_life->paths.count, 5);
    assert_int_equal(lives_at(long_life, program, 0), 0);
    assert_int_equal(lives_at(long_life, program, 1), 2);
    assert_int_equal(lives_at(long_life, program, 2), 4);
    lives_done(&lives);
}

TEST_MAIN(cmocka_unit_test(snapshots_of_one_process_are_one_life),
          cmocka_unit_test(two_processes_with_a_snapshot_each_are_compared_as_they_are),
          cmocka_unit_test(workers_of_one_command_line_are_one_program),
          cmocka_unit_test(a_restart_is_one_life_after_the_other),
          cmocka_unit_test(a_life_of_two_snapshots_is_left_out_where_others_have_more))
