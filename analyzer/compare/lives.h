/* lives.h -- Whose snapshots they are: processes, and those of one program together.
 *
 * A life is one process from its start to its end. Lives of the same command line on the same host
 * are one program: workers of a cluster, or a service before and after its restart. Their k-th
 * snapshots are compared as one (store/unite.h), so that growth is summed and no restart passes for
 * a fall of memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_LIVES_H
#define ANALYZER_COMPARE_LIVES_H

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct life {
    int64_t pid, started_ns;
    const char *host, *executable, *command; /* as recorded: untrusted text */
    int64_t first_ns, last_ns;               /* of its snapshots */
    int64_t first_rss, last_rss;
    VEC(const char *) paths; /* of its snapshots, in order of time */
    VEC(int64_t) epochs;     /* that each of them closed */
    size_t program;          /* index */
};

/* The lives of one command line that can be compared as one. */
struct program {
    VEC(size_t) lives; /* indexes, in order of time */
    size_t moments;    /* snapshots of each that are compared, at least 2; 0: none can be */
    bool is_restarted; /* one life ended before another began */
};

struct lives {
    VEC(struct life) list; /* in order of time */
    VEC(struct program) programs;
    struct pool *pool;
};

/* Reads the facts of the snapshots. Begins as {0}; lives_done also when it was false. */
bool lives_read(struct lives *lives, const char *const *paths, size_t count, struct error *error);
void lives_done(struct lives *lives);

/* Whether the snapshots must be compared life by life: several processes, and one of them has two
 * snapshots or more. Else they are compared as they are: two releases, one snapshot each. */
bool lives_are_several(const struct lives *lives);

/* The snapshot of a life that stands for MOMENT of PROGRAM: index into its paths. */
size_t lives_at(const struct life *life, const struct program *program, size_t moment);

#endif
