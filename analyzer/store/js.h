/* js.h -- Live objects of JavaScript heaps, as stacks of KIND_JS behind all others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_JS_H
#define ANALYZER_STORE_JS_H

#include "store/load.h"

/* Adds locations, nodes, stacks and, with WITH_AGES, ages of the tables js_*; a snapshot without
 * them has none. Their counters of allocations stay 0: V8 does not count them. Call it after
 * all other tables.
 * False with ERROR filled when a row refers to one that is not there. */
bool js_load(struct store *store, sqlite3 *database, bool with_ages, struct error *error);

#endif
