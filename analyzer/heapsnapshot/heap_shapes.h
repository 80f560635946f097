/* heap_shapes.h -- Plain objects by their properties, so that a class says more than "Object".
 *
 * A *shape* is the list of an object's properties in order. An *interface* is a set of properties
 * that many objects have; an object takes the name of the largest one that fits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_SHAPES_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_SHAPES_H

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap;

struct heap_shape {
    uint32_t node;  /* the first object of this shape */
    uint32_t count; /* of such objects */
};

struct heap_plain {
    uint32_t node, shape;
};

struct heap_shapes {
    VEC(struct heap_shape) list;
    VEC(struct heap_plain) objects; /* named Object, by node */
};

/* Interfaces by rank: the one that most objects begin with first. */
struct heap_interface {
    char *name;
    VEC(char *) properties;
};

struct heap_interfaces {
    VEC(struct heap_interface) list;
};

void heap_shapes_find(struct heap *heap);
void heap_shapes_done(struct heap_shapes *shapes);

/* The interfaces that the objects of HEAP suggest. */
struct heap_interfaces heap_shapes_suggest(const struct heap *heap);
void heap_interfaces_done(struct heap_interfaces *interfaces);

/* By shape: the number of the interface that fits best; UINT32_MAX: none does. free() it. */
uint32_t *heap_shapes_match(const struct heap *heap, const struct heap_interfaces *interfaces);

#endif
