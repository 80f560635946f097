/* view.h -- What a list shows: sites, functions, modules, threads …, by growth, live bytes and
 * more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_VIEW_H
#define ANALYZER_COMPARE_VIEW_H

#include "compare/groups.h"

#include <regex.h>

enum view_by { BY_SITES, BY_FUNCTIONS, BY_MODULES, BY_KINDS, BY_THREADS, BY_LABELS };

/* The number that is asked for; bytes. */
enum view_what {
    WHAT_GROWTH,    /* live in the last snapshot - live in the first */
    WHAT_LIVE,      /* live in the last */
    WHAT_SURVIVORS, /* born after the first, before the last but one, alive in the last */
    WHAT_TEMPORARY, /* allocated and freed again between first and last; of one snapshot, ever */
    WHAT_TOTAL,     /* allocated between first and last, freed or not; of one snapshot, ever */
};

enum view_sort {
    SORT_SCORE, /* growing sites by score, then the others: the ranking */
    SORT_VALUE, /* by the number that is asked for, as all below */
    SORT_GROWTH,
    SORT_LIVE,
    SORT_BLOCKS,
    SORT_NAME
};

struct view_options {
    enum view_by by;
    enum view_what what;
    enum view_sort sort;
    const regex_t *filter; /* NULL: all; else stacks with a frame whose name it fits */
    bool all;              /* also what does not grow */
};

struct view_row {
    const char *name; /* as printed; of a site its function alone */
    enum block_kind kind;
    int64_t values[WHAT_TOTAL + 1], blocks[WHAT_TOTAL + 1];
    const struct site *site; /* NULL but for sites */
    size_t sites;            /* how many are in the row */
};

struct view {
    VEC(struct view_row) rows;
    struct view_options options;
    int64_t total;    /* of the number asked for, over all rows */
    const char *hint; /* on where groups come from; NULL: nothing to say */
    struct pool *pool;
};

/* Whether rows are of a stack's label or thread, and so below its site. */
static inline bool view_is_of_groups(enum view_by by)
{
    return by == BY_THREADS || by == BY_LABELS;
}

/* "site", "function" … */
const char *view_by_name(enum view_by by);

/* Borrows COMPARISON. */
struct view *view_new(const struct comparison *comparison, const struct view_options *options);
void view_free(struct view *view);

/* One stack's number: what a tree adds up. */
int64_t view_value(const struct comparison *comparison, const struct site_member *member,
                   enum view_what what);

/* Whether FILTER (or NULL) lets the stack pass. */
bool view_passes(const regex_t *filter, const struct site_member *member);

#endif
