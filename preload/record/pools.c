/* pools.c -- Blocks of the program's own pools, reported through heapdiff_alloc.
 *
 * They have a table of their own: a pool's first block may have the address of the malloc block
 * that it was cut from, and pools may use the same addresses. Linear probing under a lock; removal
 * closes the gap. Names are found without the lock, because they are never removed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/pools.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/lock.h"
#include "base/memory.h"
#include "record/record.h"
#include "tables/epoch.h"
#include "tables/stacks.h"

#define NAME_SIZE 64
#define PLACES    (2 * POOLS_NAMES) /* of the index of names; half of it stays free */

struct entry {
    const char *pool; /* interned; NULL: free */
    struct block block;
};

static struct lock lock;
static char names[POOLS_NAMES][NAME_SIZE];
static unsigned name_count; /* under the lock */
static _Atomic(const char *) places[PLACES];
static _Atomic uint64_t unnamed;
static const char other[] = POOLS_OTHER;
static struct entry *entries;
static size_t room, used;

/* ---- names --------------------------------------------------------------------------------------
 */

static unsigned place_of(const char *name)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < NAME_SIZE - 1 && name[i]; i++)
        hash = hash * 31 + (unsigned char)name[i];
    return (unsigned)stacks_hash_end(hash) % PLACES;
}

/* The one pointer for equal names, NULL when there is none yet. *place: where to put it. */
static const char *find_name(const char *name, unsigned *place)
{
    const char *there;
    for (*place = place_of(name);
         (there = atomic_load_explicit(&places[*place], memory_order_acquire));
         *place = (*place + 1) % PLACES)
        if (strncmp(there, name, NAME_SIZE - 1) == 0)
            return there;
    return NULL;
}

/* Under the lock. */
static const char *add_name(const char *name)
{
    unsigned place;
    const char *there = find_name(name, &place);
    if (there || name_count == POOLS_NAMES)
        return there;
    char *fresh = names[name_count++];
    strncpy(fresh, name, NAME_SIZE - 1);
    atomic_store_explicit(&places[place], fresh, memory_order_release);
    return fresh;
}

/* NULL in a copy of the process only. */
static const char *pools_intern(const char *name)
{
    unsigned place;
    const char *there = find_name(name, &place);
    if (there)
        return there;
    if (!lock_take(&lock))
        return NULL;
    there = add_name(name);
    lock_give(&lock);
    if (!there)
        atomic_fetch_add_explicit(&unnamed, 1, memory_order_relaxed);
    return there ? there : other;
}

static const char *or_pool(const char *name)
{
    return name && *name ? name : "pool";
}

uint64_t pools_unnamed(void)
{
    return atomic_load_explicit(&unnamed, memory_order_relaxed);
}

/* ---- blocks -------------------------------------------------------------------------------------
 */

static size_t pools_home(const char *pool, uintptr_t address)
{
    return stacks_hash_end(stacks_hash_add((uintptr_t)pool, address)) & (room - 1);
}

static struct entry *pools_find(const char *pool, uintptr_t address)
{
    size_t at = pools_home(pool, address);
    while (entries[at].pool && (entries[at].pool != pool || entries[at].block.address != address))
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static bool pools_grow(void)
{
    if (used * 2 < room)
        return true;
    struct entry *old = entries;
    size_t old_room = room;
    size_t fresh_room = room ? room * 2 : 1024;
    struct entry *fresh = memory_map(fresh_room * sizeof *fresh);
    if (!fresh)
        return false;
    entries = fresh;
    room = fresh_room;
    for (size_t i = 0; i < old_room; i++)
        if (old[i].pool)
            *pools_find(old[i].pool, old[i].block.address) = old[i];
    if (old)
        memory_unmap(old, old_room * sizeof *old);
    return true;
}

void pools_alloc(const char *pool, const void *block, size_t size, uintptr_t frame)
{
    const char *name = pools_intern(or_pool(pool));
    uint32_t stack = name ? record_pool_stack(name, frame, size) : 0;
    if (!stack || !lock_take(&lock))
        return;
    if (pools_grow()) {
        struct entry *entry = pools_find(name, (uintptr_t)block);
        used += entry->pool == NULL;
        *entry = (struct entry){name, {(uintptr_t)block, size, stack, epoch_now()}};
    }
    lock_give(&lock);
}

/* Moves later entries of the run into the gap, so that no search stops early. */
static void close_gap(size_t gap)
{
    for (size_t at = (gap + 1) & (room - 1); entries[at].pool; at = (at + 1) & (room - 1)) {
        size_t wants = pools_home(entries[at].pool, entries[at].block.address);
        if (((at - wants) & (room - 1)) < ((at - gap) & (room - 1)))
            continue;
        entries[gap] = entries[at];
        gap = at;
    }
    entries[gap].pool = NULL;
}

void pools_free(const char *pool, const void *block)
{
    unsigned place;
    const char *name = find_name(or_pool(pool), &place);
    if (!lock_take(&lock))
        return;
    struct entry *entry = room ? pools_find(name ? name : other, (uintptr_t)block) : NULL;
    if (entry && entry->pool) {
        close_gap((size_t)(entry - entries));
        used--;
    }
    lock_give(&lock);
}

void pools_each(void (*visit)(const struct block *block, void *context), void *context)
{
    lock_hold(&lock);
    for (size_t i = 0; i < room; i++)
        if (entries[i].pool)
            visit(&entries[i].block, context);
    lock_give(&lock);
}

bool pools_settles(void)
{
    return lock_settles(&lock);
}

bool pools_lock(void)
{
    return lock_take(&lock);
}

void pools_unlock(void)
{
    lock_give(&lock);
}
