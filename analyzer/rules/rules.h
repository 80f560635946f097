/* rules.h -- Whose code a frame is: the rules file that says which frames are never the site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RULES_RULES_H
#define ANALYZER_RULES_RULES_H

#include "base/error.h"

/* The first three can be a site when no frame is the user's own; see frames/site_frame.c. */
enum frame_class {
    CLASS_OWN,        /* the user's code: what no rule names */
    CLASS_RUNTIME,    /* node, V8, CPython, the JVM */
    CLASS_LIBRARY,    /* std::, libc */
    CLASS_WRAPPER,    /* xmalloc, operator new: allocates for its caller */
    CLASS_ALLOCATOR,  /* jemalloc, malloc itself */
    CLASS_HEAPDIFF,   /* our own frames: never shown */
    CLASS_DEPENDENCY, /* a package: node_modules, site-packages, another jar */
    CLASS_COUNT
};

/* "own", "runtime", …: the names of rules, and of `role` in JSON. */
const char *rules_class_name(enum frame_class class);

/* Three kinds of code, as users think of it: `class` in JSON. */
enum frame_owner { OWNER_PROGRAM, OWNER_DEPENDENCY, OWNER_RUNTIME };

/* "program", "dependency", "runtime" */
const char *rules_owner_name(enum frame_owner owner);

/* The texts that rules look at; NULL for unknown ones. */
struct rules_subject {
    const char *function, *file, *module;
};

struct rules;

/* The built-in rules; those of the file at PATH, when it is not NULL, go before them. NULL with
 * ERROR filled (file and line) when that file cannot be used. */
struct rules *rules_new(const char *path, struct error *error);
void rules_free(struct rules *rules);

/* The first rule that matches decides. */
enum frame_class rules_class(const struct rules *rules, const struct rules_subject *subject);

/* Whose code it is, of a frame that rules_class puts into CLASS. */
enum frame_owner rules_owner(const struct rules *rules, const struct rules_subject *subject,
                             enum frame_class class);

/* What a frame shows about the mapping that it leads to. */
enum rules_heap {
    HEAP_OTHER = -1, /* it is no managed heap's */
    HEAP_UNKNOWN,    /* nothing */
    HEAP_MANAGED,    /* a managed heap's, unless a caller says other */
    HEAP_PAGE        /* a managed heap's, with any caller */
};
enum rules_heap rules_managed_heap(const struct rules *rules, const struct rules_subject *subject);

/* What a frame shows about blocks that are asked for by no one function; frames/shared.h. */
enum rules_shared {
    SHARED_NONE,
    SHARED_BUFFER_POOL, /* Node's pool for small Buffers takes a slab */
    SHARED_SOCKET_READ, /* libuv takes a buffer for what a stream has received */
    SHARED_NETTY_ARENA, /* Netty takes a chunk */
    SHARED_ARENA,       /* a block of an arena, of which a caller tells whose */
    SHARED_COMPILER,    /* a JIT compiler at work on one function */
    SHARED_RECORDS,     /* a managed heap's own records of its pages: they follow the heap */
    SHARED_COUNT
};
enum rules_shared rules_shared(const struct rules *rules, const struct rules_subject *subject);

/* Whether the frame only starts programs or threads. */
bool rules_is_start(const struct rules *rules, const struct rules_subject *subject);

/* '*' stands for any run of characters, everything else for itself. */
bool rules_match(const char *pattern, const char *text);

#endif
