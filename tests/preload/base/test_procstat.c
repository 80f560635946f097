/* test_procstat.c -- The kernel's row of a process is read, whatever the process's name holds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/procstat.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define REST "1 1 1 0 -1 4194624 10 11 12 13 14 15 16 17 20 0 3 0 987654321 23"

static struct procstat found;

/* Reads a row that begins so. */
static bool read_made_up(const char *begin, const char *rest)
{
    static const char path[] = "procstat.row";
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s%s\n", begin, rest);
    fclose(file);
    bool is_read = procstat_read(path, &found);
    unlink(path);
    return is_read;
}

static void a_name_may_hold_brackets_blanks_and_numbers(void **state)
{
    static const char *const names[] = {"77 (cat) S ", "77 () S ", "77 (a) R 1) S ",
                                        "77 (1 2 3 4 5 6 7 8 9) S "};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(read_made_up(names[i], REST));
        assert_int_equal(found.state, 'S');
        assert_int_equal(found.fields[PROCSTAT_FLAGS], 4194624);
        assert_int_equal(found.fields[PROCSTAT_THREADS], 3);
        assert_int_equal(found.fields[PROCSTAT_STARTED], 987654321);
    }
}

static void what_is_missing_is_0(void **state)
{
    assert_true(read_made_up("77 (cat) Z ", "1 1 1 0 -1 4"));
    assert_int_equal(found.state, 'Z');
    assert_int_equal(found.fields[PROCSTAT_FLAGS], 4);
    assert_int_equal(found.fields[PROCSTAT_THREADS], 0);
    assert_false(read_made_up("77 (cat", ""));
    assert_false(read_made_up("77 (cat)", ""));
    assert_false(procstat_read("/no/such/file", &found));
    assert_int_equal(found.state, 0);
}

/* The child is between fork and exec, as this process, which was executed, is not. */
static void the_kernels_own_row_is_understood(void **state)
{
    int status;
    assert_int_equal(prctl(PR_SET_NAME, "a) b (c"), 0);
    assert_true(procstat_read("/proc/self/stat", &found));
    assert_int_equal(found.state, 'R');
    assert_int_equal(found.fields[PROCSTAT_THREADS], 1);
    assert_true(found.fields[PROCSTAT_STARTED] > 0);
    assert_false(found.fields[PROCSTAT_FLAGS] & PROCSTAT_FORKED);
    pid_t child = fork();
    if (child == 0)
        _exit(!procstat_read("/proc/self/stat", &found) ||
              !(found.fields[PROCSTAT_FLAGS] & PROCSTAT_FORKED));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

TEST_MAIN(cmocka_unit_test(a_name_may_hold_brackets_blanks_and_numbers),
          cmocka_unit_test(what_is_missing_is_0),
          cmocka_unit_test(the_kernels_own_row_is_understood))
