/* timeline.h -- Numbers of the process between snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_TIMELINE_H
#define ANALYZER_STORE_TIMELINE_H

#include "store/store.h"

#include <sqlite3.h>

/* Fills timeline; nothing, and true, when the snapshot has none. False with ERROR filled when the
 * file is malformed. */
bool timeline_load(struct store *store, sqlite3 *database, struct error *error);

#endif
