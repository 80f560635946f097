/* load.h -- From rows to the arrays of struct store.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_LOAD_H
#define ANALYZER_STORE_LOAD_H

#include "store/store.h"

#include <sqlite3.h>

/* Fills STORE (whose path and texts are set) from DATABASE; false with ERROR filled on the first
 * row that does not fit. */
bool load_all(struct store *store, sqlite3 *database, struct error *error);

/* Opens the file at PATH read-only and trusts nothing in it; NULL with ERROR filled when that
 * fails. sqlite3_close() it. */
sqlite3 *store_database(const char *path, struct error *error);

/* The same without ages, sizes and pages of code. */
bool load_counters(struct store *store, sqlite3 *database, struct error *error);

/* Fills the facts alone. */
bool load_facts(struct store *store, sqlite3 *database, struct error *error);

/* Says that the file is damaged, and how; always false. */
bool load_damaged(const struct store *store, struct error *error, const char *how);

#endif
