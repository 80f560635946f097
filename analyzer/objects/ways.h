/* ways.h -- What keeps the objects of a type: their ways to the root, grouped by what they are
 * like.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_OBJECTS_WAYS_H
#define ANALYZER_OBJECTS_WAYS_H

#include "graph/paths.h"
#include "heapsnapshot/heap_rows.h"
#include "objects/objects.h"
#include "objects/places.h"

struct ways {
    const struct heap *heap;
    const struct heap_rows *rows;
    const uint8_t *is_fresh; /* a bit a node: no object of the first snapshot; NULL: all are */
    struct pool *texts;      /* borrowed */
    struct paths paths;
    uint64_t *shapes; /* of the ways, by node */
    uint32_t *holder; /* by node: the nearest node on its way that is not fresh */
    struct places *places;
};

struct ways *ways_new(const struct heap *heap, const struct heap_rows *rows,
                      const uint8_t *is_fresh, struct pool *texts);
void ways_free(struct ways *ways);

/* Adds to TYPE, whose class is CLASS, the ways of its objects in IS_WANTED (a bit a node; NULL: of
 * all), those that retain most first, MOST at most. IS_TOPMOST: the objects whose retained sizes
 * count. */
void ways_add(struct ways *ways, struct objects_type *type, uint32_t class,
              const uint8_t *is_wanted, const uint8_t *is_topmost, size_t most);

/* The steps from NODE to the root. */
struct objects_step *ways_steps(struct ways *ways, uint32_t node, size_t *count);

/* The object that NODE, an array or another part of one, belongs to; NODE itself if it is one. */
uint32_t ways_owner(const struct ways *ways, uint32_t node);

/* Fills in what names NODE: the nearest variable or property, and the nearest function. */
void ways_name(struct ways *ways, uint32_t node, struct objects_collection *collection);

/* How many objects of CLASS have a way through NODE. */
int64_t ways_count_below(const struct ways *ways, uint32_t class, uint32_t node);

#endif
