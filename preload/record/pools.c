/* pools.c -- Blocks of the program's own pools, told to us through heapdiff_alloc.
 *
 * A table of their own: a pool's first block may have the address of the malloc block it was cut
 * from, and pools may use the same addresses. Linear probing under a lock; removal closes the gap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/pools.h"

#include <stdbool.h>
#include <string.h>

#include "base/lock.h"
#include "base/memory.h"
#include "record/record.h"
#include "tables/epoch.h"
#include "tables/stacks.h"

#define NAMES     256
#define NAME_SIZE 64

struct entry {
    const char *pool; /* interned; NULL: free */
    struct block block;
};

static struct lock lock;
static char names[NAMES][NAME_SIZE];
static struct entry *entries;
static size_t room, used;

/* One pointer for equal names. The 257th pool counts as the last one. Under the lock. */
static const char *intern(const char *name)
{
    unsigned i = 0;
    for (; i < NAMES - 1 && *names[i]; i++)
        if (strncmp(names[i], name, NAME_SIZE - 1) == 0)
            return names[i];
    strncpy(names[i], *name ? name : "pool", NAME_SIZE - 1);
    return names[i];
}

static size_t home(const char *pool, uintptr_t address)
{
    return stacks_hash_end(stacks_hash_add((uintptr_t)pool, address)) & (room - 1);
}

static struct entry *find(const char *pool, uintptr_t address)
{
    size_t at = home(pool, address);
    while (entries[at].pool && (entries[at].pool != pool || entries[at].block.address != address))
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static bool grow(void)
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
            *find(old[i].pool, old[i].block.address) = old[i];
    if (old)
        memory_unmap(old, old_room * sizeof *old);
    return true;
}

void pools_alloc(const char *pool, const void *block, size_t size, uintptr_t frame)
{
    if (!lock_take(&lock))
        return;
    const char *name = intern(pool ? pool : "pool");
    lock_give(&lock);
    uint32_t stack = record_pool_stack(name, frame, size);
    if (!stack || !lock_take(&lock))
        return;
    if (grow()) {
        struct entry *entry = find(name, (uintptr_t)block);
        used += entry->pool == NULL;
        *entry = (struct entry){name, {(uintptr_t)block, size, stack, epoch_now()}};
    }
    lock_give(&lock);
}

/* Moves later entries of the run into the gap, so that no search stops early. */
static void close_gap(size_t gap)
{
    for (size_t at = (gap + 1) & (room - 1); entries[at].pool; at = (at + 1) & (room - 1)) {
        size_t wants = home(entries[at].pool, entries[at].block.address);
        if (((at - wants) & (room - 1)) < ((at - gap) & (room - 1)))
            continue;
        entries[gap] = entries[at];
        gap = at;
    }
    entries[gap].pool = NULL;
}

void pools_free(const char *pool, const void *block)
{
    if (!lock_take(&lock))
        return;
    struct entry *entry = room ? find(intern(pool ? pool : "pool"), (uintptr_t)block) : NULL;
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
