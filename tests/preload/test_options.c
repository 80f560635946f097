/* test_options.c -- Each variable, what it accepts, and what nonsense does to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static int forget_variables(void **state)
{
    (void)state;
    options_read(); /* fills the table, whose names are the variables' */
    for (const struct option_row *row = options_table(); row->name; row++)
        unsetenv(row->name);
    options_read();
    return 0;
}

static const struct option_row *row_of(const char *name)
{
    const struct option_row *row = options_table();
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    assert_non_null(row->name);
    return row;
}

static void set(const char *name, const char *value)
{
    setenv(name, value, 1);
    options_read();
}

static void assert_accepted(const char *name, const char *value)
{
    set(name, value);
    if (options_complaint())
        fail_msg("%s", options_complaint());
    assert_true(row_of(name)->is_set);
    assert_string_equal(row_of(name)->value, value);
}

/* The default holds, and the complaint names the variable and what it said. */
static void assert_refused(const char *name, const char *value)
{
    set(name, value);
    if (row_of(name)->is_set)
        fail_msg("%s=%s was accepted", name, value);
    assert_string_equal(row_of(name)->value, row_of(name)->fallback);
    assert_non_null(options_complaint());
    assert_non_null(strstr(options_complaint(), name));
}

static void without_variables_the_defaults_hold(void **state)
{
    assert_null(options_complaint());
    assert_string_equal(options.out, "heapdiff.%e.%p.%n.db");
    assert_int_equal(options.sample, 0);
    assert_int_equal(options.depth, 128);
    assert_true(options.interval == 0);
    assert_int_equal(options.signal, 0);
    assert_true(options.at_exit);
    assert_false(options.follow || options.verbose);
    for (const struct option_row *row = options_table(); row->name; row++) {
        assert_false(row->is_set);
        assert_string_equal(row->value, row->fallback);
        assert_true(*row->meaning);
    }
}

static void the_path_may_be_anything_but_empty_or_too_long(void **state)
{
    static char longest[OPTIONS_PATH_SIZE + 1];
    assert_accepted("HEAPDIFF_OUT", "/var/tmp/a b/%e-%l.db");
    assert_string_equal(options.out, "/var/tmp/a b/%e-%l.db");
    memset(longest, 'x', OPTIONS_PATH_SIZE - 1);
    assert_accepted("HEAPDIFF_OUT", longest);
    longest[OPTIONS_PATH_SIZE - 1] = 'x';
    assert_refused("HEAPDIFF_OUT", longest);
    assert_refused("HEAPDIFF_OUT", "");
    assert_string_equal(options.out, "heapdiff.%e.%p.%n.db");
}

static void samples_are_bytes(void **state)
{
    assert_accepted("HEAPDIFF_SAMPLE", "524288");
    assert_int_equal(options.sample, 524288);
    assert_accepted("HEAPDIFF_SAMPLE", "0");
    const char *const nonsense[] = {"", "-1", " -5", "12x", "1e6", "99999999999999999999", "on"};
    for (unsigned i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        assert_refused("HEAPDIFF_SAMPLE", nonsense[i]);
        assert_int_equal(options.sample, 0);
    }
}

static void depths_have_limits(void **state)
{
    assert_accepted("HEAPDIFF_DEPTH", "1");
    assert_int_equal(options.depth, 1);
    assert_accepted("HEAPDIFF_DEPTH", "1024");
    const char *const nonsense[] = {"0", "1025", "-1", "", "deep", "4294967297", "12 "};
    for (unsigned i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        assert_refused("HEAPDIFF_DEPTH", nonsense[i]);
        assert_int_equal(options.depth, 128);
    }
}

static void intervals_are_seconds_or_off(void **state)
{
    assert_accepted("HEAPDIFF_INTERVAL", "0.25");
    assert_true(options.interval == 0.25);
    assert_accepted("HEAPDIFF_INTERVAL", "off");
    assert_true(options.interval == 0);
    const char *const nonsense[] = {"-1", "", "nan", "inf", "1e10", "5s"};
    for (unsigned i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        assert_refused("HEAPDIFF_INTERVAL", nonsense[i]);
        assert_true(options.interval == 0);
    }
}

static void limits_of_rss_are_sizes_and_shares(void **state)
{
    assert_accepted("HEAPDIFF_AT_RSS", "off");
    assert_int_equal(options.at_rss.count, 0);
    assert_accepted("HEAPDIFF_AT_RSS", "1.5G|90%,300MiB,4096,2tb");
    assert_int_equal(options.at_rss.count, 5);
    assert_int_equal(options.at_rss.limits[0].bytes, (uint64_t)3 << 29);
    assert_string_equal(options.at_rss.limits[0].text, "1.5G");
    assert_true(options.at_rss.limits[1].bytes == 0 && options.at_rss.limits[1].percent == 90);
    assert_int_equal(options.at_rss.limits[2].bytes, (uint64_t)300 << 20);
    assert_int_equal(options.at_rss.limits[3].bytes, 4096);
    assert_int_equal(options.at_rss.limits[4].bytes, (uint64_t)2 << 40);
    const char *const nonsense[] = {"",
                                    "0",
                                    "0%",
                                    "101%",
                                    "-1G",
                                    "1.5X",
                                    "G",
                                    "|",
                                    "1G|",
                                    ",1G",
                                    "1G 1",
                                    "nan%",
                                    "1Gbib",
                                    "90%%",
                                    "1e",
                                    "0x1G",
                                    "1,1,1,1,1,1,1,1,1"};
    for (unsigned i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        assert_refused("HEAPDIFF_AT_RSS", nonsense[i]);
        assert_int_equal(options.at_rss.count, 0);
    }
}

static void assert_signal(const char *name, int number)
{
    assert_accepted("HEAPDIFF_SIGNAL", name);
    assert_int_equal(options.signal, number);
}

static void signals_have_names_and_numbers(void **state)
{
    assert_signal("USR2", SIGUSR2);
    assert_signal("SIGUSR1", SIGUSR1);
    assert_signal("sigprof", SIGPROF);
    assert_signal("hup", SIGHUP);
    assert_signal("RTMIN", SIGRTMIN);
    assert_signal("RTMIN+5", SIGRTMIN + 5);
    assert_signal("SIGRTMIN+1", SIGRTMIN + 1);
    assert_signal("12", 12);
    assert_signal("off", 0);
}

static void signals_that_cannot_be_used_are_refused(void **state)
{
    const char *const nonsense[] = {"KILL", "STOP",    "9",      "19",         "",
                                    "0",    "-12",     "65",     "USR3",       "RTMIN+99",
                                    "32",   "RTMIN-1", "RTMIN+", "4294967306", "12 "};
    for (unsigned i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        assert_refused("HEAPDIFF_SIGNAL", nonsense[i]);
        assert_int_equal(options.signal, 0);
    }
}

/* After a handler of these returns, the faulting instruction runs again, for ever. */
static void signals_of_a_crash_are_refused(void **state)
{
    const char *const crashes[] = {"4", "5", "6", "7", "8", "11", "31"};
    for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++)
        assert_refused("HEAPDIFF_SIGNAL", crashes[i]);
}

static void flags_are_0_or_1(void **state)
{
    assert_accepted("HEAPDIFF_AT_EXIT", "0");
    assert_false(options.at_exit);
    assert_accepted("HEAPDIFF_FOLLOW", "1");
    assert_true(options.follow);
    assert_accepted("HEAPDIFF_BLOCKS", "1");
    assert_true(options.blocks);
    assert_accepted("HEAPDIFF_VERBOSE", "1");
    assert_true(options.verbose);
    assert_refused("HEAPDIFF_AT_EXIT", "yes");
    assert_true(options.at_exit);
    assert_refused("HEAPDIFF_FOLLOW", "");
    assert_refused("HEAPDIFF_VERBOSE", "2");
    assert_false(options.verbose);
}

static void a_complaint_is_gone_when_all_is_well_again(void **state)
{
    assert_refused("HEAPDIFF_DEPTH", "deep");
    assert_accepted("HEAPDIFF_DEPTH", "64");
    assert_null(options_complaint());
}

#define OPTIONS_TEST(name) cmocka_unit_test_setup(name, forget_variables)

TEST_MAIN(OPTIONS_TEST(without_variables_the_defaults_hold),
          OPTIONS_TEST(the_path_may_be_anything_but_empty_or_too_long),
          OPTIONS_TEST(samples_are_bytes), OPTIONS_TEST(depths_have_limits),
          OPTIONS_TEST(intervals_are_seconds_or_off),
          OPTIONS_TEST(limits_of_rss_are_sizes_and_shares),
          OPTIONS_TEST(signals_have_names_and_numbers),
          OPTIONS_TEST(signals_that_cannot_be_used_are_refused),
          OPTIONS_TEST(signals_of_a_crash_are_refused), OPTIONS_TEST(flags_are_0_or_1),
          OPTIONS_TEST(a_complaint_is_gone_when_all_is_well_again))
