/* test_file.c -- A forked child lets go of the snapshot on its way, and of nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

static char folder[] = "/tmp/heapdiff-test-file.XXXXXX";
static struct file file;

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void begin(void)
{
    char path[sizeof folder + 8];
    snprintf(path, sizeof path, "%s/a.db", folder);
    assert_int_equal(file_begin(&file, path), 0);
    assert_true(file.lock.fd >= 0);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void test_lets_go_of_the_snapshot(void **state)
{
    (void)state;
    begin();
    file_forked();
    assert_false(is_open(file.lock.fd));
    file_end(&file);
}

/* Our thread has a table of descriptors of its own: in the child the number is the program's. */
static void test_leaves_the_programs_descriptor(void **state)
{
    (void)state;
    begin();
    int number = file.lock.fd, other = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(dup2(other, number), number);
    close(other);
    file_forked();
    assert_true(is_open(number));
    file_end(&file);
    assert_false(is_open(number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lets_go_of_the_snapshot),
        cmocka_unit_test(test_leaves_the_programs_descriptor),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
