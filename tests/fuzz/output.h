/* output.h -- What the analyzer says of files that may hold anything: held against what it
 * promises.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FUZZ_OUTPUT_H
#define TESTS_FUZZ_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The path of a file of this process with these bytes; INDEX 0 or 1. It goes when the process ends.
 */
const char *output_file(unsigned index, const uint8_t *bytes, size_t size);

/* Aborts unless the text is UTF-8 without what steers a terminal; new lines and tabs may be in it.
 */
void output_expect_plain(const char *text, size_t length);

/* Aborts unless it is one JSON document in UTF-8. */
void output_expect_json(const char *text, size_t length);

/* Everything that a command can make of the snapshots, as WHICH (any number) chooses: reports for
 * people and programs, the page, exports. Files that are refused are refused with one line. */
void output_try(const char *const *paths, size_t count, unsigned which);

#endif
