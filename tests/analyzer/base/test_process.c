/* test_process.c -- /proc/PID/stat, and programs that are started.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/process.h"

#include "base/capture.h"
#include "base/clock.h"
#include "base/spawn.h"
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child, whose name holds what ends a name. */
static void live_until_killed(void)
{
    prctl(PR_SET_NAME, "a) T b) T");
    raise(SIGSTOP);
    for (;;)
        pause();
}

static void a_stopped_process_is_known_whatever_its_name(void **state)
{
    (void)state;
    int64_t before = clock_read(CLOCK_BOOTTIME);
    int status;
    struct process_stat stat;
    pid_t child = fork();
    if (child == 0)
        live_until_killed();
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    assert_true(process_is_stopped(child));
    assert_true(process_read_stat(child, &stat));
    int64_t tick = 1000000000 / sysconf(_SC_CLK_TCK);
    assert_true(stat.started_ns >= before - tick);
    assert_true(stat.started_ns <= clock_read(CLOCK_BOOTTIME));
    kill(child, SIGCONT);
    assert_int_equal(waitpid(child, &status, WCONTINUED), child);
    assert_false(process_is_stopped(child));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_false(process_read_stat(child, &stat));
}

static void a_program_gets_no_input_and_its_output_is_captured(void **state)
{
    (void)state;
    char *const program[] = {"sh", "-c", "cat; echo out; echo err >&2", NULL};
    struct text out = {0};
    assert_true(capture_output(program, 100, &out));
    assert_string_equal(out.bytes, "out\n");
    out.length = 0;
    assert_true(capture_output(program, 2, &out));
    assert_int_equal(out.length, 2);
    text_done(&out);
}

static void failures_of_programs_are_seen(void **state)
{
    (void)state;
    char *const failing[] = {"sh", "-c", "exit 3", NULL}, *const missing[] = {"./missing", NULL};
    struct text out = {0};
    assert_false(spawn_wait(spawn_start(failing, SPAWN_NOWHERE, SPAWN_NOWHERE)));
    assert_int_equal(spawn_start(missing, SPAWN_NOWHERE, SPAWN_NOWHERE), 0);
    assert_int_equal(errno, ENOENT);
    assert_false(capture_output(missing, 100, &out));
    text_done(&out);
}

static void signals_that_we_block_reach_programs(void **state)
{
    (void)state;
    char *const program[] = {"sh", "-c", "kill -TERM $$; exit 0", NULL};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    assert_false(spawn_wait(spawn_start(program, SPAWN_NOWHERE, SPAWN_NOWHERE)));
    sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

TEST_MAIN(cmocka_unit_test(a_stopped_process_is_known_whatever_its_name),
          cmocka_unit_test(a_program_gets_no_input_and_its_output_is_captured),
          cmocka_unit_test(failures_of_programs_are_seen),
          cmocka_unit_test(signals_that_we_block_reach_programs))
