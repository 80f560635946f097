/* objects.h -- The objects of heap snapshots by type: which grow, how many, and what keeps them.
 *
 * A *type* is a class as DevTools' Summary has it. An object is *new* when the first snapshot has
 * no object of its id; its *holder* is the nearest old object on its way to the root.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_OBJECTS_OBJECTS_H
#define ANALYZER_OBJECTS_OBJECTS_H

#include "base/error.h"
#include "base/memory.h"
#include "judge/rank.h"

#include <stdbool.h>
#include <stdint.h>

struct objects_file {
    const char *path;
    double time; /* when it was written, in seconds since 1970 */
    int64_t nodes, bytes;
};

/* An object on the way from another to the root. */
struct objects_step {
    const char *type;
    const char *name;     /* of the edge to the step before; NULL: the first step */
    const char *edge;     /* that edge's type; NULL alike */
    const char *function; /* of a closure; NULL: it is none, or has no name */
    const char *file;     /* of that function; NULL: not known */
    int line, column;     /* from 1 on; 0 alike */
    int64_t repeats;      /* objects of a chain that this step stands for */
};

/* Objects that are kept in the same way. */
struct objects_way {
    int64_t count, retained;
    struct objects_step *steps; /* of one of them; the object first, the root last */
    size_t step_count;
    uint32_t node, holder; /* of the last snapshot: that object, and what keeps most of them */
    int64_t held;          /* of them by HOLDER */
    int64_t holders;       /* that keep some */
};

/* What the new objects of a type were put into. */
struct objects_collection {
    const char *type, *name, *file; /* NAME, FILE: NULL when nothing names it */
    int line;
    int64_t before, after; /* objects of the type that are in it */
};

struct objects_type {
    const char *name, *key;
    int64_t *count, *shallow, *retained; /* per snapshot */
    int64_t *same_count, *same_retained; /* … with plain objects named as in the last one */
    int64_t added, removed, stayed;      /* from the first snapshot to the last */
    int64_t added_bytes, removed_bytes;  /* shallow */
    int64_t kept;     /* bytes that new ones retain, less what those retained that went */
    bool is_internal; /* V8's own: code, maps, numbers */
    bool is_growing;
    enum rank_pattern pattern;
    bool has_trend;
    struct trend trend; /* of counts */
    int32_t distance;   /* least, in the last snapshot */
    VEC(struct objects_way) ways;
    struct objects_collection collection;
    bool has_collection;
    bool is_part; /* its objects come with those of another growing type … */
    size_t
        part_of; /* … of this rank from 1 on of a growing type whose objects keep these; 0: none */
};

enum objects_finding_kind {
    OBJECTS_DUPLICATE_STRINGS,
    OBJECTS_DEAD_FIELDS,
    OBJECTS_DETACHED_NODES,
    OBJECTS_CONTEXTS,
};

/* Something in the last snapshot that is worth a look, whether it grew or not. */
struct objects_finding {
    enum objects_finding_kind kind;
    int64_t count, bytes;
    const char *text; /* a sentence */
};

struct objects {
    size_t count; /* of snapshots */
    struct objects_file *files;
    VEC(struct objects_type) types; /* ranked; those that grow first */
    size_t growing;
    int64_t growing_bytes; /* what the growing types' new objects retain together */
    VEC(struct objects_finding) findings;
    const char *verdict; /* one sentence */
    struct pool *texts;
};

/* How much is to be found out. */
struct objects_options {
    int64_t top; /* types whose ways are wanted, from the first on; -1: of all */
};

/* Reads and compares the snapshots at PATHS, in time's order: one or more. NULL with ERROR filled
 * when one cannot be read. */
struct objects *objects_open(const char *const *paths, size_t count,
                             const struct objects_options *options, struct error *error);
void objects_close(struct objects *objects);

const char *objects_finding_name(enum objects_finding_kind kind);

#endif
