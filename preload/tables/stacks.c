/* stacks.c -- Interned stacks: frames to id, id to frames and counters.
 *
 * Records lie one behind the other in room that the interning thread owns; a directory leads from
 * id to record and holds the counters. The hash index is a row of open-addressed tables, each four
 * times as big as the one before: when the newest is half full the next one is begun, and look-ups
 * go from the newest to the oldest. Nothing ever moves or is deleted, so readers need no lock;
 * threads keep the stacks they use in a cache of their own (record/thread.h) and come here for new
 * ones.
 *
 *   index entry   bits 0…21 id, 22…63 upper bits of the hash; 0 is empty
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/stacks.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "tables/blocks.h"
#include "tables/epoch.h"
#include "tables/jitmap.h"
#include "tables/modules.h"

#define FIRST_BITS        13
#define STEP_BITS         2
#define LEVELS            6 /* the last one holds 2^23 entries: twice the ids that there are */
#define LEVEL_BITS(level) (FIRST_BITS + STEP_BITS * (level))
#define SHELF_BITS        12 /* ids of one directory shelf */
#define SHELF_COUNT       (1u << (BLOCKS_STACK_BITS - SHELF_BITS))
#define SHELF_MASK        ((1u << SHELF_BITS) - 1)
#define PROBES            64
#define ID_MASK           ((1u << BLOCKS_STACK_BITS) - 1)

typedef _Atomic uint64_t entry;
typedef _Atomic(struct stack *) place;

static _Atomic(entry *) levels[LEVELS];
static atomic_uint level_used[LEVELS];
static atomic_int newest;
struct shelf {
    place stacks[1u << SHELF_BITS];
    struct stack_counters counters[1u << SHELF_BITS];
};
static _Atomic(struct shelf *) shelves[SHELF_COUNT];
static atomic_uint count;

uint32_t stacks_count(void)
{
    return atomic_load_explicit(&count, memory_order_acquire);
}

static struct shelf *shelf_of(uint32_t id)
{
    return atomic_load_explicit(&shelves[id >> SHELF_BITS], memory_order_acquire);
}

struct stack *stacks_get(uint32_t id)
{
    if (id == 0 || id > BLOCKS_STACK_MAX)
        return NULL;
    struct shelf *shelf = shelf_of(id);
    return shelf ? atomic_load_explicit(&shelf->stacks[id & SHELF_MASK], memory_order_acquire)
                 : NULL;
}

struct stack_counters *stacks_counters(uint32_t id)
{
    return &shelf_of(id)->counters[id & SHELF_MASK];
}

/* ---- the index ------------------------------------------------------------------------------- */

static uint64_t entry_for(uint64_t hash, uint32_t id)
{
    return (hash & ~(uint64_t)ID_MASK) | id;
}

static entry *level_get(int level)
{
    return atomic_load_explicit(&levels[level], memory_order_acquire);
}

static entry *level_make(int level)
{
    size_t size = sizeof(entry) << LEVEL_BITS(level);
    entry *fresh = memory_map(size);
    entry *none = NULL;
    if (!fresh)
        return NULL;
    if (atomic_compare_exchange_strong(&levels[level], &none, fresh))
        return fresh;
    memory_unmap(fresh, size);
    return none;
}

/* The id under the hash in one level, or 0. An entry has the upper 42 bits of the hash, and its
 * place gives all but a few of the lower ones: the record need not be read. */
static uint32_t find_in(entry *table, int level, uint64_t hash)
{
    uint64_t mask = ((uint64_t)1 << LEVEL_BITS(level)) - 1;
    for (unsigned i = 0; i < PROBES; i++) {
        uint64_t value = atomic_load_explicit(&table[(hash + i) & mask], memory_order_acquire);
        if (!value)
            return 0;
        if (((value ^ hash) & ~(uint64_t)ID_MASK) == 0)
            return value & ID_MASK;
    }
    return 0;
}

uint32_t stacks_find(uint64_t hash)
{
    for (int level = atomic_load_explicit(&newest, memory_order_acquire); level >= 0; level--) {
        entry *table = level_get(level);
        uint32_t id = table ? find_in(table, level, hash) : 0;
        if (id)
            return id;
    }
    return 0;
}

static bool put_in(entry *table, int level, uint64_t hash, uint32_t id)
{
    uint64_t mask = ((uint64_t)1 << LEVEL_BITS(level)) - 1;
    for (unsigned i = 0; i < PROBES; i++) {
        uint64_t none = 0;
        if (atomic_compare_exchange_strong_explicit(&table[(hash + i) & mask], &none,
                                                    entry_for(hash, id), memory_order_release,
                                                    memory_order_relaxed))
            return true;
    }
    return false;
}

/* Puts the id into the newest level and begins the next one when that is half full. */
static bool stacks_put(uint64_t hash, uint32_t id)
{
    int level = atomic_load_explicit(&newest, memory_order_acquire);
    for (; level < LEVELS; level++) {
        entry *table = level_get(level);
        if (!table && !(table = level_make(level)))
            return false;
        unsigned used = atomic_fetch_add_explicit(&level_used[level], 1, memory_order_relaxed);
        if (used < 1u << (LEVEL_BITS(level) - 1) && put_in(table, level, hash, id))
            return true;
        int old = level;
        atomic_compare_exchange_strong(&newest, &old, level + 1 < LEVELS ? level + 1 : level);
    }
    return false;
}

/* ---- records --------------------------------------------------------------------------------- */

void *stacks_room_take(struct stacks_room *room, size_t size)
{
    if (room->left < size) {
        char *fresh = size <= STACKS_ROOM_SIZE ? memory_map(STACKS_ROOM_SIZE) : NULL;
        if (!fresh)
            return NULL;
        *room = (struct stacks_room){fresh, STACKS_ROOM_SIZE};
    }
    void *taken = room->next;
    room->next += size;
    room->left -= size;
    return taken;
}

static struct stack *record_make(const struct stack_key *key, struct stacks_room *room)
{
    struct stack *stack =
        stacks_room_take(room, sizeof(struct stack) + key->depth * sizeof(uintptr_t));
    if (!stack)
        return NULL;
    stack->hash = key->hash;
    stack->epoch = epoch_now();
    stack->generation = modules_generation();
    stack->depth = (uint16_t)key->depth;
    stack->kind = (uint8_t)key->kind;
    stack->truncated = key->truncated;
    stack->jitmap_size = key->jit ? jitmap_size(key->frames, key->depth) : JITMAP_UNKNOWN;
    /* The strict seccomp filter forbids even to read the processor's counter. */
    stack->seen_ns = sandbox_is_closed() ? 0 : clock_now();
    stack->pool = key->pool;
    stack->label = key->label;
    stack->thread = key->thread;
    memcpy(stack->frames, key->frames, key->depth * sizeof(uintptr_t));
    return stack;
}

static struct shelf *shelf_make(uint32_t id)
{
    struct shelf *fresh = memory_map(sizeof *fresh), *none = NULL;
    if (!fresh)
        return NULL;
    if (atomic_compare_exchange_strong(&shelves[id >> SHELF_BITS], &none, fresh))
        return fresh;
    memory_unmap(fresh, sizeof *fresh);
    return none;
}

static uint32_t stacks_publish(struct stack *stack)
{
    uint32_t id = atomic_load_explicit(&count, memory_order_relaxed);
    do {
        if (id >= BLOCKS_STACK_MAX)
            return 0;
    } while (!atomic_compare_exchange_weak(&count, &id, id + 1));
    id++;
    struct shelf *shelf = shelf_of(id);
    if (!shelf && !(shelf = shelf_make(id)))
        return 0;
    atomic_store_explicit(&shelf->stacks[id & SHELF_MASK], stack, memory_order_release);
    return id;
}

uint32_t stacks_intern(const struct stack_key *key, struct stacks_room *room)
{
    uint32_t id = stacks_find(key->hash);
    if (__builtin_expect(id != 0, 1))
        return id;
    struct stack *stack = record_make(key, room);
    id = stack ? stacks_publish(stack) : 0;
    return id && stacks_put(key->hash, id) ? id : 0;
}
