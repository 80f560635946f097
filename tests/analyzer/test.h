/* test.h -- cmocka with all that it needs before it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_ANALYZER_TEST_H
#define TESTS_ANALYZER_TEST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>
/* clang-format on */

/* A table of tests and the main function that runs it. */
#define TEST_MAIN(...)                                                                             \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }

#endif
