/* tag_rows.h -- Which label and which thread a stack is of: tables tag, label and thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_TAG_ROWS_H
#define FILE_TAG_ROWS_H

#include <sqlite3.h>

#include "cut/cut.h"

/* Asks the kernel for the current names of the recorded threads: in the process itself, not in a
 * copy of it. Control process only. */
void tag_rows_learn(void);

/* Writes the three tables. SQLITE_OK or an SQLite error. */
int tag_rows_write(sqlite3 *db, const struct cut *cut);

#endif
