/* stacks.h -- Interned stacks: frames to id, id to frames and counters. Stacks live for ever.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_STACKS_H
#define TABLES_STACKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/schema.h"

struct stack {
    uint64_t hash;
    uint32_t epoch;      /* in which it was first seen */
    uint32_t generation; /* of the modules that its addresses lie in; tables/modules.h */
    uint16_t depth;
    uint8_t kind;         /* enum block_kind */
    uint8_t truncated;    /* 1: there were more frames, or the unwinder gave up */
    uint32_t jitmap_size; /* when it was first seen; tables/jitmap.h */
    uint64_t seen_ns;     /* CLOCK_MONOTONIC, when it was first seen */
    const char *pool;     /* name of a custom pool, else NULL */
    uint16_t label;       /* tables/labels.h */
    uint16_t thread;      /* tables/threads.h */
    uintptr_t frames[];   /* return addresses, leaf first */
};

/* The allocations ever made at a stack (in a sampled recording in units of record/sample.h),
 * without those in the threads' counters. Apart from the stacks, so that counting leaves their
 * frames alone. */
struct stack_counters {
    atomic_uint_fast64_t allocations;
    atomic_uint_fast64_t bytes;
};

/* The identity of a stack besides its frames. */
struct stack_key {
    uint64_t hash; /* of all that follows, well mixed: stacks of equal hash are one stack */
    const uintptr_t *frames;
    unsigned depth;
    enum block_kind kind;
    bool truncated;
    bool jit;         /* a frame may lie in code that no module has */
    const char *pool; /* kept, not copied */
    uint16_t label, thread;
};

/* Where a thread puts the records that it makes; begins as {NULL, 0}. Records are never freed, so
 * neither is the room; the next thread gets the rest of an ended one. */
struct stacks_room {
    char *next;
    size_t left;
};
#define STACKS_ROOM_SIZE (64u << 10)

/* SIZE bytes of the room, zeroed, where records of other tables may lie too; a multiple of 8. NULL
 * when there is no memory. */
void *stacks_room_take(struct stacks_room *room, size_t size);

/* The id of a stack, made when it is new; 0 when the table is full or there is no memory.
 * Lock-free, keeps errno. Two threads that intern one new stack at once may get two ids; readers
 * add them up. */
uint32_t stacks_intern(const struct stack_key *key, struct stacks_room *room);

/* The id under a key's hash, or 0: the warm half of stacks_intern, which needs no frames. */
uint32_t stacks_find(uint64_t hash);

/* The counters of an id that was given out. */
struct stack_counters *stacks_counters(uint32_t id);

/* Ids run from 1 to stacks_count(). NULL for an id that was given up. Never freed. */
struct stack *stacks_get(uint32_t id);
uint32_t stacks_count(void);

/* Hashes one more word into h; stacks_hash_end mixes the result. */
static inline uint64_t stacks_hash_add(uint64_t h, uint64_t word)
{
    return (h ^ word) * 0x9e3779b97f4a7c15ull + (h >> 29);
}

/* Finalizer of MurmurHash3 (Appleby, public domain). */
static inline uint64_t stacks_hash_end(uint64_t h)
{
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdull;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53ull;
    return h ^ h >> 33;
}

#endif
