/* collected_rows.h -- What a collection of garbage freed: table collected.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_COLLECTED_ROWS_H
#define FILE_COLLECTED_ROWS_H

#include <sqlite3.h>

#include "cut/cut.h"

/* 0 or an SQLite error. */
int collected_rows_write(sqlite3 *db, const struct cut *cut);

#endif
