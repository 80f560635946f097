/* wrappers.h -- Functions that allocate for their callers, known by how those fare.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_DIFF_WRAPPERS_H
#define ANALYZER_DIFF_WRAPPERS_H

#include "diff/site.h"

/* Adds to WRAPPERS (see frames_set_wrappers) the functions of sites of TABLE that are wrappers;
 * false when there is none. To be called when the first and the last snapshot are in the table. A
 * wrapper of a wrapper is found when the sites were made anew without the inner one. */
bool wrappers_find(const struct site_table *table, struct map *wrappers);

/* A snapshot, and its place in the table. */
struct wrappers_end {
    size_t index;
    const struct store *store;
    struct frames *frames;
};

/* With the first and the last snapshot in TABLE: makes the sites anew until none is named by a
 * function that only allocates for its callers. The frames of both know WRAPPERS then. */
void wrappers_learn(struct site_table *table, const struct wrappers_end *first,
                    const struct wrappers_end *last, struct map *wrappers);

#endif
