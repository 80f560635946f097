/* collected.h -- What collections of garbage freed, of each stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_COLLECTED_H
#define ANALYZER_STORE_COLLECTED_H

#include "store/store.h"

#include <sqlite3.h>

/* Reads table collected, if the file has it; after the stacks. False with ERROR filled on the first
 * inconsistent row. */
bool collected_load(struct store *store, sqlite3 *database, struct error *error);

#endif
