/* test_launch.c -- What a program's environment becomes: ours is added once, the user's part stays.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/launch.h"

#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

/* LD_PRELOAD as the program gets it when it was OLD before. */
static void expect_preloaded(const char *shim, const char *old, const char *expected)
{
    const struct launch launch = {.interval = -1, .sample = -1, .depth = -1};
    struct error error = {0};
    setenv("HEAPDIFF_LIB", shim, 1);
    if (old)
        setenv("LD_PRELOAD", old, 1);
    else
        unsetenv("LD_PRELOAD");
    assert_true(launch_prepare(&launch, &error));
    assert_string_equal(getenv("LD_PRELOAD"), expected);
    unsetenv("LD_PRELOAD");
    unsetenv("HEAPDIFF_LIB");
}

static const char *joined(const char *first, const char *between, const char *second)
{
    static char text[1024];
    snprintf(text, sizeof text, "%s%s%s", first, between, second);
    return text;
}

static void the_shim_comes_first_and_what_was_preloaded_stays(void **state)
{
    const char *shim = fixture_file("libheapdiff.so", "");
    expect_preloaded(shim, NULL, shim);
    expect_preloaded(shim, "", shim);
    expect_preloaded(shim, "other.so", joined(shim, ":", "other.so"));
}

static void it_is_added_once(void **state)
{
    static const char *const separators[] = {":", " "};
    const char *shim = fixture_file("libheapdiff.so", "");
    expect_preloaded(shim, shim, shim);
    for (unsigned i = 0; i < 2; i++) {
        char list[1024];
        snprintf(list, sizeof list, "%s", joined("other.so", separators[i], shim));
        expect_preloaded(shim, list, list);
        snprintf(list, sizeof list, "%s", joined(shim, separators[i], "other.so"));
        expect_preloaded(shim, list, list);
    }
}

static void a_path_that_only_contains_ours_is_another_library(void **state)
{
    const char *shim = fixture_file("libheapdiff.so", "");
    char other[512], expected[1024];
    snprintf(other, sizeof other, "%s.bak", shim);
    snprintf(expected, sizeof expected, "%s:%s", shim, other);
    expect_preloaded(shim, other, expected);
    snprintf(other, sizeof other, "/backup%s", shim);
    snprintf(expected, sizeof expected, "%s:%s", shim, other);
    expect_preloaded(shim, other, expected);
}

TEST_MAIN(cmocka_unit_test(the_shim_comes_first_and_what_was_preloaded_stays),
          cmocka_unit_test(it_is_added_once),
          cmocka_unit_test(a_path_that_only_contains_ours_is_another_library))
