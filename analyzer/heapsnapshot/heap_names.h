/* heap_names.h -- The strings of a heap snapshot, left in the file, and those made from them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_NAMES_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_NAMES_H

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "heapsnapshot/heap_file.h"

#include <stdint.h>

/* What DevTools' rules ask of a name, bit by bit. */
enum heap_name_kind {
    HEAP_NAME_OBJECT = 1 << 0,          /* Object */
    HEAP_NAME_TAG = 1 << 1,             /* <… */
    HEAP_NAME_DETACHED_TAG = 1 << 2,    /* Detached <… */
    HEAP_NAME_DETACHED = 1 << 3,        /* Detached … */
    HEAP_NAME_DESCRIPTORS = 1 << 4,     /* (map descriptors) */
    HEAP_NAME_SLOPPY_MAP = 1 << 5,      /* sloppy_function_map */
    HEAP_NAME_NATIVE_CONTEXT = 1 << 6,  /* system / NativeContext */
    HEAP_NAME_EXTERNAL_STRING = 1 << 7, /* system / ExternalStringData */
    HEAP_NAME_DOM_TREES = 1 << 8,       /* (Document DOM trees) */
    HEAP_NAME_PROTO = 1 << 9,           /* __proto__ */
    HEAP_NAME_EPHEMERON = 1 << 10,      /* 1 / part of key (… @2) -> value (… @3) pair in … */
    HEAP_NAME_CONTEXT = 1 << 11,        /* system / Context, alone or with a / and more */
    HEAP_NAME_TRUNCATED = 1 << 15,      /* truncated */
    HEAP_NAME_NUMBER = 1 << 14,         /* begins with a digit */
    HEAP_NAME_MOMENT = 1 << 13,         /* (Stack roots) and others */
    HEAP_NAME_NATIVE_CONTEXTS = 1 << 12, /* the same of system / NativeContext */
};

/* A pair of key and value in a WeakMap. */
struct heap_ephemeron {
    uint32_t pair;  /* the same for both of its edges, and for no other pair */
    uint64_t table; /* the id of the WeakMap's table */
};

struct heap_names {
    const char *bytes; /* of the file's strings */
    uint32_t *at;      /* of each: where it begins, behind its quote */
    uint16_t *kinds;   /* of each: enum heap_name_kind */
    uint32_t count;    /* of them */
    VEC(char *) added; /* names from COUNT on */
    VEC(uint16_t) added_kinds;
    struct map pairs; /* of WeakMaps, by what both edges' names have */
    VEC(struct heap_ephemeron) ephemerons;
    VEC(uint32_t) ephemeron_names; /* ascending: the names that these are */
};

/* False with ERROR filled when the array is damaged; heap_names_done in any case. */
bool heap_names_read(struct heap_names *names, const struct heap_file *file, struct error *error);
void heap_names_done(struct heap_names *names);

/* A new name, whether there is one like it or not. */
uint32_t heap_names_add(struct heap_names *names, const char *text);

/* Adds name INDEX to TEXT. */
void heap_names_text(const struct heap_names *names, uint32_t index, struct text *text);

/* The name in MORE, emptied first: valid until MORE is changed. */
const char *heap_names_in(const struct heap_names *names, uint32_t index, struct text *more);

bool heap_names_equal(const struct heap_names *names, uint32_t index, const char *text);
bool heap_names_start(const struct heap_names *names, uint32_t index, const char *start);

static inline unsigned heap_names_kind(const struct heap_names *names, uint32_t index)
{
    return index < names->count ? names->kinds[index]
                                : names->added_kinds.items[index - names->count];
}

/* Of a name of kind HEAP_NAME_EPHEMERON. */
const struct heap_ephemeron *heap_names_ephemeron(const struct heap_names *names, uint32_t index);

#endif
