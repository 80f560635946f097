/* block_rows.h -- Tables block and pool_block: every live block, one row each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_BLOCK_ROWS_H
#define FILE_BLOCK_ROWS_H

#include <sqlite3.h>

#include "cut/cut.h"

/* Writes the blocks whose stacks are in the cut. In a copy of the process only (child.h): the
 * tables must not change after the cut. 0 or an SQLite error. */
int block_rows_write(sqlite3 *db, const struct cut *cut);

#endif
