/* set.h -- Snapshots exported together: one call tree, one numbering, one table of classes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_SET_H
#define ANALYZER_EXPORT_SET_H

#include "export/tree.h"

#include <stdbool.h>

/* What makes blocks one class in DevTools. */
enum class_by { CLASS_BY_SITE, CLASS_BY_KIND, CLASS_BY_MODULE };

/* What stands as a frame below the root of each stack. */
enum root_by { ROOT_BY_NOTHING, ROOT_BY_LABEL, ROOT_BY_THREAD };

struct set_options {
    enum class_by class_by;
    enum root_by root_by;
    const struct rules *rules;            /* borrowed */
    const struct symbol_sources *sources; /* of names, borrowed; NULL: the usual ones */
    bool with_freed;                      /* stacks without live blocks, too */
    enum tree_stacks stacks;
};

struct set_snapshot {
    struct store *store;
    struct frames *frames;
    uint32_t *leaves;  /* node of the tree, by stack */
    uint32_t *classes; /* index into class_names, by stack */
    bool *is_heap;     /* by stack: V8's mappings, when the objects inside are known one by one */
    uint32_t process;  /* the same number for snapshots of one process */
};

struct set {
    size_t count;
    struct set_snapshot *snapshots;
    struct symbols *symbols;
    struct tree tree;
    VEC(const char *) class_names; /* no two are equal; safe for DevTools */
    struct map class_index;
    struct map wrappers; /* see sites/wrappers.h */
    struct frames_sites sites;
};

/* Reads COUNT snapshots in the order of time; NULL with ERROR filled when that cannot be done. */
struct set *set_open(const char *const *paths, size_t count, const struct set_options *options,
                     struct error *error);
void set_close(struct set *set);

/* The stack's label as valid UTF-8, and its thread, "name #number"; added to OUT. False, and
 * nothing added, when it has none. */
bool set_add_label(const struct store *store, const struct store_stack *stack, struct text *out);
bool set_add_thread(const struct store *store, const struct store_stack *stack, struct text *out);

#endif
