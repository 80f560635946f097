/* test_hooks.c -- Each hook is really interposed, counts exactly, and changes nothing else; on
 * libc's allocator and on others.
 *
 * The programs print what a snapshot should hold ("site …", see site.h); their whole output is the
 * same with and without the shim.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hooks/outside.h"
#include "test.h"

static void check_interposed(const char *program, const char *libraries)
{
    char command[512];
    if (*libraries && access(libraries, R_OK) != 0)
        skip(); /* that allocator is not installed */
    snprintf(command, sizeof command, "%s/%s", TEST_PROGRAMS, program);
    assert_string_equal(outside_run(command, "", fixture_path("interposed.db"), "")->out, "");
    assert_string_equal(outside_run(command, libraries, fixture_path("interposed.db"), "")->out,
                        "");
}

static void every_name_in_the_list_is_interposed(void **state)
{
    check_interposed("interposed", "");
}

/* Preloaded, and linked with: references to its operators are then without a version. */
static void every_name_in_the_list_is_interposed_on_jemalloc(void **state)
{
    check_interposed("interposed", TEST_JEMALLOC);
    check_interposed("interposed_jemalloc", TEST_JEMALLOC);
}

static void every_name_in_the_list_is_interposed_on_tcmalloc(void **state)
{
    check_interposed("interposed", TEST_TCMALLOC);
    check_interposed("interposed_tcmalloc", TEST_TCMALLOC);
}

static void every_name_in_the_list_is_interposed_on_mimalloc(void **state)
{
    check_interposed("interposed", TEST_MIMALLOC);
    check_interposed("interposed_mimalloc", TEST_MIMALLOC);
}

/* One line of a program's; returns whether it was about a site. */
static bool check_site(const char *database, char *line)
{
    char *numbers = line + strlen(line), kind[16];
    unsigned long long allocations, bytes, live_blocks, live_bytes;
    if (strncmp(line, "site ", 5) != 0)
        return false;
    for (int words = 0; words < 5; numbers--) /* the name before them may have blanks */
        words += numbers[-1] == ' ';
    assert_int_equal(sscanf(numbers + 1, "%15s %llu %llu %llu %llu", kind, &allocations, &bytes,
                            &live_blocks, &live_bytes),
                     5);
    long long found =
        outside_number(database,
                       "SELECT count(*) FROM stack WHERE kind = '%s' AND allocations = %llu AND"
                       " allocated_bytes = %llu AND live_blocks = %llu AND live_bytes = %llu",
                       kind, allocations, bytes, live_blocks, live_bytes);
    if (found != 1)
        fail_msg("%s: %lld stacks are like that; %s", line, found,
                 outside_text(database,
                              "SELECT coalesce(group_concat(printf('%%s %%d %%d %%d %%d', kind,"
                              " allocations, allocated_bytes, live_blocks, live_bytes), '; '),"
                              " 'none is near') FROM stack WHERE allocated_bytes BETWEEN %llu AND"
                              " %llu",
                              bytes, bytes + 64));
    return true;
}

static unsigned check_sites(const char *database, const char *output)
{
    char *copy = strdup(output), *rest = copy, *line;
    unsigned sites = 0;
    while ((line = strsep(&rest, "\n")))
        sites += check_site(database, line);
    free(copy);
    return sites;
}

/* The program does alone what it does under the shim, and so many sites are as it says. */
static void check_program(const char *program, const char *libraries, unsigned sites)
{
    char command[512];
    const char *database = fixture_path("program.db");
    if (*libraries && access(libraries, R_OK) != 0)
        skip(); /* that allocator is not installed */
    snprintf(command, sizeof command, "%s/%s", TEST_PROGRAMS, program);
    char *alone = strdup(outside_run_alone(command, libraries)->out);
    const struct fixture_result *result = outside_run(command, libraries, database, "");
    assert_string_equal(result->out, alone);
    free(alone);
    assert_int_equal(check_sites(database, result->out), sites);
}

static void the_malloc_family_counts_exactly(void **state)
{
    check_program("calls", "", 23);
}

static void the_malloc_family_counts_exactly_on_jemalloc(void **state)
{
    check_program("calls", TEST_JEMALLOC, 29);
}

static void the_malloc_family_counts_exactly_on_tcmalloc(void **state)
{
    check_program("calls", TEST_TCMALLOC, 23);
}

static void operators_count_exactly(void **state)
{
    check_program("operators", "", 20);
}

static void operators_count_exactly_on_jemalloc(void **state)
{
    check_program("operators", TEST_JEMALLOC, 20);
}

static void operators_count_exactly_on_tcmalloc(void **state)
{
    check_program("operators", TEST_TCMALLOC, 20);
}

/* The caller asks the loader nothing: another thread is in it. */
static void the_first_plugin_of_cxx_counts_exactly(void **state)
{
    check_program("late " TEST_PROGRAMS "/liblate_plugin.so " TEST_PROGRAMS "/liblate_waits.so", "",
                  3);
}

static void operators_of_an_unloaded_library_are_forgotten(void **state)
{
    check_program("unloaded " TEST_PROGRAMS "/libfirst_stdc++.so " TEST_PROGRAMS
                  "/libsecond_stdc++.so",
                  "", 0);
    const struct fixture_result *result =
        fixture_run("%s/unloaded %s/libfirst_stdc++.so", TEST_PROGRAMS, TEST_PROGRAMS);
    assert_string_equal(result->out, "first is asked for 12 bytes\nits own\n"
                                     "first is asked for 12 bytes\nits own\nunloaded\n");
}

/* A snapshot at exit by the control process, which is not under the filter. */
static void a_program_under_a_filter_that_kills_goes_on(void **state)
{
    check_program("confined filter", "", 0);
    const char *database = fixture_path("program.db");
    assert_true(outside_number(database, "SELECT sum(allocations) FROM stack") > 4000);
}

static void a_thread_in_strict_mode_goes_on(void **state)
{
    check_program("confined strict", "", 0);
}

static void mappings_count_exactly(void **state)
{
    check_program("mappings", "", 17);
}

static void mappings_count_exactly_beside_jemalloc(void **state)
{
    check_program("mappings", TEST_JEMALLOC, 17);
}

static void mappings_count_exactly_beside_tcmalloc(void **state)
{
    check_program("mappings", TEST_TCMALLOC, 17);
}

/* A handler that maps memory or forks does not wait for the hook that it has interrupted. */
static void signal_handlers_do_not_hang(void **state)
{
    check_program("interrupted", "", 0);
}

/* By every way into it; under the filter no hook makes a system call that the program did not make.
 */
static void a_sandboxed_program_goes_on(void **state)
{
    check_program("sandboxed prctl", "", 1);
    check_program("sandboxed seccomp", "", 1);
    check_program("sandboxed indirect", "", 1);
}

/* Whoever holds one has touched at least a page of its stack. */
static void check_threads(const char *database, const char *line)
{
    char name[16];
    unsigned created, held;
    if (sscanf(line, "threads %15s %u %u", name, &created, &held) != 3)
        return;
    long long found = outside_number(database,
                                     "SELECT count(*) FROM stack WHERE kind = 'thread' AND"
                                     " allocations = %u AND live_blocks = %u AND live_bytes"
                                     " BETWEEN %u AND %u",
                                     created, held, held * 4096, held << 20);
    if (found != 1)
        fail_msg("%s: %lld stacks are like that; %s", line, found,
                 outside_text(database, "SELECT group_concat(printf('%%d %%d %%d', allocations,"
                                        " live_blocks, live_bytes), '; ') FROM stack WHERE"
                                        " kind = 'thread'"));
}

static void threads_count_until_joined_or_detached(void **state)
{
    const char *database = fixture_path("program.db");
    check_program("creating", "", 1);
    char *copy = strdup(outside_run(TEST_PROGRAMS "/creating", "", database, "")->out);
    char *rest = copy, *line;
    while ((line = strsep(&rest, "\n")))
        check_threads(database, line);
    free(copy);
    assert_int_equal(outside_number(database, "SELECT count(*) FROM stack WHERE kind = 'thread'"),
                     6);
    assert_int_equal(outside_number(database,
                                    "SELECT (SELECT bytes FROM rss WHERE owner = 'thread stack') >="
                                    " (SELECT sum(live_bytes) FROM stack WHERE kind = 'thread')"),
                     1);
}

TEST_MAIN(cmocka_unit_test(every_name_in_the_list_is_interposed),
          cmocka_unit_test(every_name_in_the_list_is_interposed_on_jemalloc),
          cmocka_unit_test(every_name_in_the_list_is_interposed_on_tcmalloc),
          cmocka_unit_test(every_name_in_the_list_is_interposed_on_mimalloc),
          cmocka_unit_test(the_malloc_family_counts_exactly),
          cmocka_unit_test(the_malloc_family_counts_exactly_on_jemalloc),
          cmocka_unit_test(the_malloc_family_counts_exactly_on_tcmalloc),
          cmocka_unit_test(operators_count_exactly),
          cmocka_unit_test(operators_count_exactly_on_jemalloc),
          cmocka_unit_test(operators_count_exactly_on_tcmalloc),
          cmocka_unit_test(the_first_plugin_of_cxx_counts_exactly),
          cmocka_unit_test(operators_of_an_unloaded_library_are_forgotten),
          cmocka_unit_test(a_program_under_a_filter_that_kills_goes_on),
          cmocka_unit_test(a_thread_in_strict_mode_goes_on),
          cmocka_unit_test(mappings_count_exactly),
          cmocka_unit_test(mappings_count_exactly_beside_jemalloc),
          cmocka_unit_test(mappings_count_exactly_beside_tcmalloc),
          cmocka_unit_test(signal_handlers_do_not_hang),
          cmocka_unit_test(a_sandboxed_program_goes_on),
          cmocka_unit_test(threads_count_until_joined_or_detached))
