/* load.h -- From rows to the arrays of struct store.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_LOAD_H
#define ANALYZER_STORE_LOAD_H

#include "store/store.h"

#include <sqlite3.h>

enum load_depth {
    LOAD_FACTS,    /* table snapshot alone */
    LOAD_MODULES,  /* and modules */
    LOAD_STACKS,   /* and all numbers, but no frames: nodes of stacks are STORE_NONE */
    LOAD_COUNTERS, /* and frames */
    LOAD_ALL       /* and ages, sizes and pages of code */
};

/* Fills STORE (whose path and texts are set) from DATABASE; false with ERROR filled on the first
 * inconsistent row. */
bool load(struct store *store, sqlite3 *database, enum load_depth depth, struct error *error);

/* Opens the file at PATH read-only and trusts nothing in it; NULL with ERROR filled when that
 * fails. sqlite3_close() it. */
sqlite3 *store_database(const char *path, struct error *error);

#endif
