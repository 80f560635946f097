/* server.h -- A made-up server's snapshots, and what the command said about them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_ANALYZER_COMMANDS_SERVER_H
#define TESTS_ANALYZER_COMMANDS_SERVER_H

#include "fixture.h"

#define MIB (1LL << 20)

/* Snapshot NUMBER of a server in which handleUpload holds so many MiB of buffers, one a block, and
 * something with a hostile name 9000 bytes for each of them. */
const char *server(const char *name, int number, int mib);

/* Fails unless WORDS are in TEXT. */
void expect_words(const char *text, const char *words);

/* Fails unless there is one line on stderr that begins with our name, and nothing on stdout. */
void expect_error(const struct fixture_result *result, int status, const char *words);

#endif
