/* test_measure.c -- The whole job with the real shim: two snapshots, a comparison, and nothing left
 * behind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void expect_words(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("'%s' is not in: %s", words, text);
}

/* Where the job is told to put its snapshots; both are removed with the fixture's folder. */
static const char *prefix(void)
{
    fixture_path("job.steady.db");
    fixture_path("job.loaded.db");
    return fixture_path("job");
}

/* A command that is ready when the file "ready" is there, and then waits for its end. */
static const char *server(void)
{
    static char command[512];
    const char *script = fixture_file("server.py", "import signal, sys\n"
                                                   "open(sys.argv[1], 'w').close()\n"
                                                   "signal.pause()\n");
    unlink(fixture_path("ready"));
    snprintf(command, sizeof command, "/usr/bin/python3 %s %s", script, fixture_path("ready"));
    return command;
}

/* The brackets keep the pattern from finding the shell that asks. */
static void expect_no_child(void)
{
    const char *folder = fixture_path("");
    assert_int_equal(fixture_run("pgrep -f '%sserve[r].py'", folder)->status, 1) /* no match */;
}

static void a_load_stands_between_two_snapshots(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff run --warmup 0 --load 'until [ -e %s ]; do :; done; echo loading'"
                    " -o %s -- %s",
                    fixture_path("ready"), prefix(), server());
    if (result->status != 0)
        fail_msg("exit code %d: %s", result->status, result->err);
    expect_words(result->out, "RSS");
    assert_null(strstr(result->out, "loading"));
    expect_words(result->err, "loading\n");
    assert_null(strstr(result->err, "took no snapshot"));
    assert_int_equal(access(fixture_path("job.steady.db"), F_OK), 0);
    result = fixture_run("heapdiff show --format json %s", fixture_path("job.loaded.db"));
    expect_words(result->out, "\"label\":\t\"loaded\"");
    expect_words(result->out, "\"program\":\t\"python3");
    expect_no_child();
}

/* What the warm-up has done does not count. */
static void a_load_says_how_much_it_has_done(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff run --warmup 60 --snapshots 2 --load 'until [ -e %s ]; do :; done;"
                    " echo 250 >>\"$HEAPDIFF_OPS_FILE\"; echo \"$HEAPDIFF_OPS_FILE\" >%s'"
                    " -o %s -- %s",
                    fixture_path("ready"), fixture_path("name"), prefix(), server());
    assert_int_equal(result->status, 0);
    result = fixture_run("heapdiff compare --format json %s %s", fixture_path("job.steady.db"),
                         fixture_path("job.loaded.db"));
    expect_words(result->out, "\"operations\":\t250,\n\t\"operations_source\":\t\"snapshots\"");
    assert_int_equal(fixture_run("test -e \"$(cat %s)\"", fixture_path("name"))->status, 1);
}

static void a_load_that_says_nonsense_is_not_believed(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff run --warmup 0 --load 'echo many >$HEAPDIFF_OPS_FILE' -o %s -- %s",
                    prefix(), server());
    assert_int_equal(result->status, 0);
    expect_words(result->err, "has written 'many");
    result = fixture_run("heapdiff compare --format json %s %s", fixture_path("job.steady.db"),
                         fixture_path("job.loaded.db"));
    expect_words(result->out, "\"operations\":\t0,");
}

static void a_load_that_does_not_end_is_ended(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff run --warmup 0 --load 'sleep 86420' --duration 0.1 -o %s -- %s",
                    prefix(), server());
    expect_words(result->err, "snapshot \"loaded\"");
    assert_int_equal(fixture_run("pgrep -fx 'sleep 86420'")->status, 1);
    expect_no_child();
}

static void a_load_that_cannot_be_run_fails_the_job(void **state)
{
    const struct fixture_result *result =
        fixture_run("heapdiff run --warmup 0 --load /nowhere/load -o %s -- %s", prefix(), server());
    assert_int_equal(result->status, 2);
    expect_words(result->err, "heapdiff: the load command could not be run: /nowhere/load\n");
    assert_string_equal(result->out, "");
    expect_no_child();
}

static void an_interrupt_leaves_no_child(void **state)
{
    const struct fixture_result *result =
        fixture_run("sh -c 'echo $$; exec heapdiff run --duration 1000 -o %s -- %s' 2>&1 |"
                    " { read pid; while read line; do echo \"$line\";"
                    " case \"$line\" in *steady.db) kill -INT $pid;; esac; done; }",
                    prefix(), server());
    expect_words(result->out, "heapdiff: interrupted\n");
    expect_no_child();
}

TEST_MAIN(cmocka_unit_test(a_load_stands_between_two_snapshots),
          cmocka_unit_test(a_load_says_how_much_it_has_done),
          cmocka_unit_test(a_load_that_says_nonsense_is_not_believed),
          cmocka_unit_test(a_load_that_does_not_end_is_ended),
          cmocka_unit_test(a_load_that_cannot_be_run_fails_the_job),
          cmocka_unit_test(an_interrupt_leaves_no_child))
