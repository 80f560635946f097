/* places.h -- Files and lines of the functions in a heap snapshot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_OBJECTS_PLACES_H
#define ANALYZER_OBJECTS_PLACES_H

#include "base/map.h"
#include "heapsnapshot/heap.h"

struct source_maps;

struct places {
    const struct heap *heap;
    uint32_t *sorted;   /* numbers of locations, by node */
    struct map scripts; /* id -> name in the heap, plus 1 */
    struct source_maps *maps;
    struct pool *texts; /* borrowed */
};

struct place {
    const char *file; /* NULL: not known */
    int line, column; /* from 1 on */
};

/* TEXTS must outlive PLACES. */
struct places *places_new(const struct heap *heap, struct pool *texts);
void places_free(struct places *places);

/* Where NODE's function, or its constructor, is: what was written where a source map leads back to
 * it. */
struct place places_find(struct places *places, uint32_t node);

/* Whether FILE belongs to the runtime: it is no place to look for a cause. */
bool places_is_internal(const char *file);

#endif
