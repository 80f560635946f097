/* listing.h -- The rows of a list: sites, functions, modules, threads, …, by growth or live bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_LISTING_H
#define ANALYZER_COMPARE_LISTING_H

#include "compare/groups.h"

#include <regex.h>

enum listing_by {
    BY_SITES,
    BY_FUNCTIONS,
    BY_MODULES,
    BY_PACKAGES,
    BY_KINDS,
    BY_THREADS,
    BY_LABELS
};

/* The number that is asked for; bytes. */
enum listing_what {
    WHAT_GROWTH,    /* live in the last snapshot - live in the first */
    WHAT_LIVE,      /* live in the last */
    WHAT_SURVIVORS, /* allocated after the first, before the last but one, live in the last */
    WHAT_TEMPORARY, /* allocated and freed again between first and last; of one snapshot, ever */
    WHAT_TOTAL,     /* allocated between first and last, freed or not; of one snapshot, ever */
};

enum listing_sort {
    SORT_SCORE, /* growing sites by score, then the others: the ranking */
    SORT_VALUE, /* by the number that is asked for, as all below */
    SORT_GROWTH,
    SORT_LIVE,
    SORT_BLOCKS,
    SORT_NAME
};

struct listing_options {
    enum listing_by by;
    enum listing_what what;
    enum listing_sort sort;
    const regex_t *filter; /* NULL: all; else stacks with a frame whose name matches */
    bool all;              /* also what does not grow */
};

struct listing_row {
    const char *name; /* as printed; of a site its function alone */
    enum block_kind kind;
    int64_t values[WHAT_TOTAL + 1], blocks[WHAT_TOTAL + 1];
    const struct site *site; /* NULL but for sites */
    size_t sites;            /* how many are in the row */
};

struct listing {
    VEC(struct listing_row) rows;
    struct listing_options options;
    int64_t total;    /* of the number asked for, over all rows */
    const char *hint; /* on where groups come from; NULL: nothing to say */
    struct pool *pool;
};

/* Whether rows are of a stack's label or thread, and so below its site. */
static inline bool listing_is_of_groups(enum listing_by by)
{
    return by == BY_THREADS || by == BY_LABELS;
}

/* "site", "function" … */
const char *listing_by_name(enum listing_by by);

/* Borrows COMPARISON. */
struct listing *listing_new(const struct comparison *comparison,
                            const struct listing_options *options);
void listing_free(struct listing *listing);

/* One stack's number: what a tree adds up. */
int64_t listing_value(const struct comparison *comparison, const struct site_member *member,
                      enum listing_what what);

/* Whether the stack matches FILTER; true for NULL. */
bool listing_passes(const regex_t *filter, const struct site_member *member);

#endif
