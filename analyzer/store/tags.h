/* tags.h -- Which label and which thread the stacks of a snapshot are of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_TAGS_H
#define ANALYZER_STORE_TAGS_H

#include "store/store.h"

#include <sqlite3.h>

/* Fills labels, threads and the tags of the stacks, which are there already; nothing, and true,
 * when the snapshot is of an older heapdiff. False with ERROR filled when rows are inconsistent. */
bool tags_load(struct store *store, sqlite3 *database, struct error *error);

#endif
