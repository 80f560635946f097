/* wrappers.h -- Functions that allocate for their callers, found by how the callers differ.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SITES_WRAPPERS_H
#define ANALYZER_SITES_WRAPPERS_H

#include "sites/site.h"

/* A snapshot, and its place in the table. */
struct wrappers_end {
    size_t index;
    const struct store *store;
    struct frames *frames;
};

/* With the first and the last snapshot in TABLE: makes the sites anew until none is named by a
 * function that only allocates for its callers. Such functions are added to WRAPPERS, which the
 * frames of both know then (frames_set_wrappers). Snapshots of two processes teach nothing. */
void wrappers_learn(struct site_table *table, const struct wrappers_end *first,
                    const struct wrappers_end *last, struct map *wrappers);

#endif
