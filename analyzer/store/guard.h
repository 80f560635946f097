/* guard.h -- The settings under which an untrusted database is opened.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_GUARD_H
#define ANALYZER_STORE_GUARD_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* No code in the file runs, no file is mapped, texts have a limit. Before the first statement. */
void guard_settle(sqlite3 *database);

/* From then on only our own queries can be compiled and run, within a budget by the file's size.
 * False when there is no memory. */
bool guard_reader(sqlite3 *database);

/* Whether all its tables are SQLite's own: false when some are a module's (CREATE VIRTUAL TABLE),
 * and when that cannot be read. */
bool guard_has_plain_tables(sqlite3 *database);

/* Bytes of the file. */
int64_t guard_file_size(sqlite3 *database);

#endif
