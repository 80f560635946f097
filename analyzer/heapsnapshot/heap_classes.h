/* heap_classes.h -- The class of each node: what DevTools' Summary has a row for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_CLASSES_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_CLASSES_H

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "heapsnapshot/heap_shapes.h"

/* Objects of JavaScript are told apart by the place of their constructor, too. */
struct heap_class {
    uint32_t name; /* in the heap's names */
    bool has_place;
    uint32_t script, line, column; /* line and column from 0 on */
};

struct heap_classes {
    VEC(struct heap_class) list;
    uint32_t *of;    /* by node: in LIST */
    uint32_t *plain; /* by name: the class of that name without a place, plus 1; 0: none yet */
    size_t plain_room;
    struct map placed;          /* place and name -> class */
    struct map interface_names; /* -> name */
};

/* Gives each node its class. Plain objects are named by INTERFACES. May be called again with
 * others. */
void heap_classes_find(struct heap *heap, const struct heap_interfaces *interfaces);
void heap_classes_done(struct heap_classes *classes);

/* The key by which classes of different snapshots are the same: "script,line,column,name", or
 * ",name". */
void heap_classes_key(const struct heap *heap, uint32_t class, struct text *key);

#endif
