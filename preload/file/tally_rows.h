/* tally_rows.h -- Tables age and size: the live blocks of each stack by epoch and by size.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_TALLY_ROWS_H
#define FILE_TALLY_ROWS_H

#include <sqlite3.h>

#include "cut/cut.h"

/* Writes the tally of a cut, and is done with it. 0 or an SQLite error. */
int tally_rows_write(sqlite3 *db, struct tally *tally);

#endif
