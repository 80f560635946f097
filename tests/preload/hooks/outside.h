/* outside.h -- Programs under the preloaded shim, and questions to the snapshots that they leave.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_HOOKS_OUTSIDE_H
#define TESTS_PRELOAD_HOOKS_OUTSIDE_H

#include "fixture.h"

/* Runs a shell command line with other libraries to preload ("" for none) behind the shim, and
 * with variables ("NAME=VALUE …") set. The snapshot template is OUT. Fails the test when the
 * program does not end with status 0. */
const struct fixture_result *outside_run(const char *command, const char *other_libraries,
                                         const char *out, const char *variables);

/* The same without the shim. */
const struct fixture_result *outside_run_alone(const char *command, const char *other_libraries);

/* The number that a query gives: its first column of its only row. Fails the test on an error or
 * when there is no row or another one. */
long long outside_number(const char *database, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for text: fails the test on NULL. Lives until the next call. */
const char *outside_text(const char *database, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
