/* frames_parts.h -- What frames.c and tail_calls.c share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_FRAMES_FRAMES_PARTS_H
#define ANALYZER_FRAMES_FRAMES_PARTS_H

#include "frames/frames.h"

/* The function that the call at a location calls, if the code says so for certain. */
struct called {
    bool is_known; /* it has been asked for */
    uint64_t start, end;
    struct frame *frame; /* NULL: not certain */
};

struct frames {
    const struct store *store;
    struct symbols *symbols;
    const struct rules *rules;
    const struct map *wrappers;       /* names of functions; NULL: none */
    const struct frames_sites *sites; /* NULL: none */
    struct source_maps *source_maps;  /* of this snapshot's code; NULL until needed */
    struct base_names *base_names;    /* NULL: not collected */
    struct pool *pool;
    bool is_local;            /* recorded on this machine: its paths are ours */
    bool is_by_address;       /* see frames_set_by_address */
    struct frame_list *lists; /* by location; items NULL until asked for */
    struct called *called;    /* by location */
    uint64_t *locations;      /* identities; 0 until asked for */
    uint64_t *nodes;          /* the same of a node with all its callers */
    const char **sonames;     /* by module: see soname_of; NULL until asked for */
    VEC(uint32_t) path;       /* used while walking up */
};

/* A frame at the location, with the names of SYMBOL; NULL: none are known. */
struct frame frames_make(struct frames *frames, const struct store_location *location,
                         const struct symbol *symbol);

#endif
