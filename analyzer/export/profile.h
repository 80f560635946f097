/* profile.h -- What a profile is made of: live memory by stack, or what it grew by.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_PROFILE_H
#define ANALYZER_EXPORT_PROFILE_H

#include "base/out.h"
#include "export/set.h"

/* One stack; of growth, last snapshot - first, all four may be negative. */
struct profile_row {
    size_t snapshot; /* of the set, in which the stack is */
    uint32_t stack;
    int64_t blocks, bytes, allocations, allocated_bytes;
};

struct profile {
    const struct set *set;
    size_t index; /* of the snapshot; of growth, the last */
    bool growth;
    VEC(struct profile_row) rows;
};

/* The live stacks of snapshot INDEX, or what grew or shrank from the first to the last. */
void profile_make(struct profile *profile, const struct set *set, size_t index, bool growth);
void profile_done(struct profile *profile);

/* WITHOUT_HEAP: without the mappings of V8's heap where the objects inside are known, which would
 * be counted twice.
 * Bytes by node of the tree, where they were allocated; never negative. Of growth, the nodes of a
 * class add up to what the class grew by: what merely moved from one stack to another is none.
 * free() it. */
int64_t *profile_values(const struct profile *profile, bool without_heap);

/* The writers. Errors of writing are OUT's. */
void heapprofile_write(const struct profile *profile, struct out *out);
void folded_write(const struct profile *profile, struct out *out);
void json_profile_write(const struct profile *profile, struct out *out);
/* False with ERROR filled when it cannot be compressed. */
bool pprof_write(const struct profile *profile, struct out *out, struct error *error);

#endif
