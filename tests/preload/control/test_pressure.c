/* test_pressure.c -- When a limit of HEAPDIFF_AT_RSS fires, and when it may fire again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/pressure.h"

#include <stdlib.h>

#include "options.h"
#include "test.h"

#define MIB ((uint64_t)1 << 20)

static struct pressure pressure;
static uint64_t wait_ns;

static int begin(void **state)
{
    setenv("HEAPDIFF_AT_RSS", "100M|50%|300M", 1);
    options_read();
    pressure = (struct pressure){.memory = 400 * MIB};
    return 0;
}

static const char *at(uint64_t mib)
{
    return pressure_decide(&pressure, mib * MIB, &wait_ns);
}

static void each_limit_fires_once(void **state)
{
    assert_null(at(99));
    assert_string_equal(at(100), "100M");
    assert_null(at(150));
    assert_string_equal(at(200), "50%");
    assert_null(at(250));
    assert_string_equal(at(301), "300M");
    assert_null(at(400));
}

static void the_highest_of_several_passed_at_once_fires_for_all(void **state)
{
    assert_string_equal(at(250), "50%");
    assert_null(at(250));
    assert_string_equal(at(350), "300M");
}

static void a_limit_fires_again_only_after_rss_was_well_below(void **state)
{
    assert_string_equal(at(120), "100M");
    assert_null(at(81));
    assert_null(at(120));
    assert_null(at(79));
    assert_string_equal(at(120), "100M");
}

static void it_looks_sooner_the_nearer_the_limit_is(void **state)
{
    at(10);
    uint64_t far = wait_ns;
    at(60);
    assert_true(wait_ns < far && wait_ns > PRESSURE_PERIOD_MIN);
    at(99);
    assert_int_equal(wait_ns, PRESSURE_PERIOD_MIN);
    at(350);
    at(350);
    assert_int_equal(wait_ns, PRESSURE_PERIOD_MAX); /* nothing left to pass */
}

static void a_share_of_nothing_known_never_fires(void **state)
{
    pressure.memory = 0;
    assert_string_equal(at(250), "100M");
    assert_null(at(299));
}

static void a_look_reads_what_this_process_uses(void **state)
{
    setenv("HEAPDIFF_AT_RSS", "4K|100%", 1);
    options_read();
    pressure = (struct pressure){0};
    assert_string_equal(pressure_look(&pressure, 1, &wait_ns), "4K");
    assert_true(pressure.memory > 16 * MIB);
}

TEST_MAIN(cmocka_unit_test_setup(each_limit_fires_once, begin),
          cmocka_unit_test_setup(the_highest_of_several_passed_at_once_fires_for_all, begin),
          cmocka_unit_test_setup(a_limit_fires_again_only_after_rss_was_well_below, begin),
          cmocka_unit_test_setup(it_looks_sooner_the_nearer_the_limit_is, begin),
          cmocka_unit_test_setup(a_share_of_nothing_known_never_fires, begin),
          cmocka_unit_test_setup(a_look_reads_what_this_process_uses, begin))
