/* test_seen.c -- A program that asks what its process has is told the same with and without the
 * shim.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hooks/outside.h"
#include "test.h"

/* The answers of a program and of a plug-in that it loads; MALLOCX is what they say of jemalloc's.
 */
static void check(const char *program, const char *plugin, const char *libraries, bool mallocx)
{
    char command[1024];
    if (*libraries && access(libraries, R_OK) != 0)
        skip(); /* that allocator is not installed */
    snprintf(command, sizeof command, "%s/%s %s/lib%s.so", TEST_PROGRAMS, program, TEST_PROGRAMS,
             plugin);
    char *alone = strdup(outside_run_alone(command, libraries)->out);
    assert_string_equal(outside_run(command, libraries, fixture_path("seen.db"), "")->out, alone);
    assert_non_null(strstr(alone, "all asked"));
    assert_non_null(strstr(alone, mallocx ? "mallocx: reference yes, by name yes"
                                          : "mallocx: reference no, by name no"));
    free(alone);
}

static void check_all(const char *libraries, bool mallocx)
{
    check("seen", "seen_plugin", libraries, mallocx);
    check("seen", "seen_cxx_plugin", libraries, mallocx);
    check("seen_cxx", "seen_plugin", libraries, mallocx);
    check("seen_cxx", "seen_cxx_plugin", libraries, mallocx);
}

static void programs_see_what_they_see_alone(void **state)
{
    check_all("", false);
}

static void programs_see_what_they_see_alone_on_jemalloc(void **state)
{
    check_all(TEST_JEMALLOC, true);
}

static void programs_see_what_they_see_alone_on_tcmalloc(void **state)
{
    check_all(TEST_TCMALLOC, false);
}

static void programs_see_what_they_see_alone_on_mimalloc(void **state)
{
    check_all(TEST_MIMALLOC, false);
}

TEST_MAIN(cmocka_unit_test(programs_see_what_they_see_alone),
          cmocka_unit_test(programs_see_what_they_see_alone_on_jemalloc),
          cmocka_unit_test(programs_see_what_they_see_alone_on_tcmalloc),
          cmocka_unit_test(programs_see_what_they_see_alone_on_mimalloc))
