/* test_descriptors.c -- What was opened is told from what has got its number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "test.h"

static int open_null(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void a_table_of_our_own_is_left_as_it_is(void **state)
{
    (void)state;
    int fd = open_null();
    assert_int_equal(descriptors_keep(fd), fd);
    struct descriptor named = descriptors_name(fd);
    assert_true(descriptors_is_ours(&named));
    assert_int_equal(descriptors_close(&named), 0);
    assert_int_equal(named.fd, -1);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void in_a_shared_table_it_gets_a_high_number_and_is_not_inherited(void **state)
{
    (void)state;
    descriptors_set_shared(true);
    int low = open_null(), high = descriptors_keep(low);
    assert_true(high > low + 100);
    assert_int_equal(fcntl(low, F_GETFD), -1);
    assert_int_equal(fcntl(high, F_GETFD), FD_CLOEXEC);
    close(high);
    errno = EISDIR;
    assert_int_equal(descriptors_keep(-1), -1);
    assert_int_equal(errno, EISDIR);
}

static void a_number_that_stands_for_another_file_is_not_ours_and_stays_open(void **state)
{
    (void)state;
    descriptors_set_shared(true);
    struct descriptor named = descriptors_name(descriptors_keep(open_null()));
    int fd = named.fd, other = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    assert_true(descriptors_is_ours(&named));
    dup2(other, fd);
    assert_false(descriptors_is_ours(&named));
    assert_int_equal(descriptors_close(&named), 0);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    close(fd);
    close(other);
    named.fd = fd; /* and one that nobody has */
    assert_false(descriptors_is_ours(&named));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_our_own_is_left_as_it_is),
        cmocka_unit_test(in_a_shared_table_it_gets_a_high_number_and_is_not_inherited),
        cmocka_unit_test(a_number_that_stands_for_another_file_is_not_ours_and_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
