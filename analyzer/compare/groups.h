/* groups.h -- Stacks by the program's labels or by thread, across two snapshots.
 *
 * Stacks that differ only in label or thread are one in a comparison; here they are separate again.
 * Borrows the comparison.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_GROUPS_H
#define ANALYZER_COMPARE_GROUPS_H

#include "compare/comparison.h"

enum groups_by { GROUPS_LABELS, GROUPS_THREADS };

/* What the groups were made by. */
enum groups_source {
    GROUPS_RECORDED, /* at least one of both snapshots says it */
    GROUPS_MISSING,  /* neither does: no labels */
    GROUPS_ROUTINES, /* no threads: by the function that each stack begins with */
};

/* What stacks of the same frames have of one group. */
struct groups_share {
    struct site_member member; /* numbers: of this group alone; the stack shown, of the group */
    size_t group;              /* index into names */
    size_t whole;              /* index of the member of all groups, in the comparison's table */
};

struct groups {
    enum groups_source source;
    VEC(const char *) names; /* untrusted, like their source */
    VEC(struct groups_share) shares;
    struct pool *pool;
};

struct groups *groups_new(const struct comparison *comparison, enum groups_by by);
void groups_free(struct groups *groups);

/* A sentence about the source of the groups and the way to better ones; NULL when there is none. */
const char *groups_hint(const struct groups *groups);

#endif
