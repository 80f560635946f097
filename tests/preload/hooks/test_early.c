/* test_early.c -- Every hook may be the first call of all, from a constructor that runs before
 * ours: one process for each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hooks/outside.h"
#include "test.h"

static const char *const names[] = {
#define HOOK(result, name, parameters, arguments) #name,
#include "real/hooks.def"
};

/* Does alone what it does under the shim; returns whether the process has the function. */
static bool check(const char *program, const char *name, const char *libraries)
{
    static const char format[] = "EARLY=%s HEAPDIFF_AT_EXIT=0 LD_PRELOAD='%s %s' %s/%s";
    const struct fixture_result *result =
        fixture_run(format, name, TEST_SHIM, libraries, TEST_PROGRAMS, program);
    char *under = strdup(result->out);
    int status = result->status;
    result = fixture_run(format, name, "", libraries, TEST_PROGRAMS, program);
    if (status != result->status || strcmp(under, result->out) != 0)
        fail_msg("%s: '%s' with status %d, alone '%s' with status %d", name, under, status,
                 result->out, result->status);
    free(under);
    if (strstr(result->out, "something else") || strstr(result->out, "too late"))
        fail_msg("%s", result->out);
    return strstr(result->out, "answers") || result->status != 0;
}

/* The program's process has all but so many functions. */
static void check_all(const char *program, const char *libraries, unsigned absent)
{
    if (*libraries && access(libraries, R_OK) != 0)
        skip(); /* that allocator is not installed */
    unsigned count = sizeof names / sizeof *names, present = 0;
    for (unsigned i = 0; i < count; i++)
        present += check(program, names[i], libraries);
    assert_int_equal(present, count - absent);
}

/* glibc's cfree is there for those who ask for no version. */
enum { OPERATORS = 20, JEMALLOC = 5, C23 = 2 };

static void every_hook_may_be_the_first_call(void **state)
{
    check_all("early_program", "", OPERATORS + JEMALLOC + C23);
}

static void every_hook_may_be_the_first_call_in_cxx(void **state)
{
    check_all("early_cxx_program", "", JEMALLOC + C23);
}

static void every_hook_may_be_the_first_call_on_jemalloc(void **state)
{
    check_all("early_program", TEST_JEMALLOC, C23);
}

static void every_hook_may_be_the_first_call_on_tcmalloc(void **state)
{
    check_all("early_program", TEST_TCMALLOC, JEMALLOC + C23);
}

TEST_MAIN(cmocka_unit_test(every_hook_may_be_the_first_call),
          cmocka_unit_test(every_hook_may_be_the_first_call_in_cxx),
          cmocka_unit_test(every_hook_may_be_the_first_call_on_jemalloc),
          cmocka_unit_test(every_hook_may_be_the_first_call_on_tcmalloc))
