/* js_rows.h -- Live objects of JavaScript heaps: tables js_frame, js_node and js_live.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FILE_JS_ROWS_H
#define FILE_JS_ROWS_H

#include <sqlite3.h>

/* Writes what came with the answers of the exchange that is settled. SQLITE_OK or an SQLite error.
 */
int js_rows_write(sqlite3 *db);

#endif
