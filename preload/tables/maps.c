/* maps.c -- The program's own mappings: a sorted array under a lock.
 *
 * A mapping costs a system call anyway, so a short lock and a memmove are cheap beside it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/maps.h"

#include <string.h>

#include "base/lock.h"
#include "base/memory.h"
#include "tables/epoch.h"

#define PAGE ((uintptr_t)4096)

static struct lock lock;
static struct map *maps;
static size_t count, room;
static uintptr_t allocator_start, allocator_end;

/* Index of the first mapping that ends after the address. */
static size_t first_after(uintptr_t address)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (maps[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_room(void)
{
    if (count < room)
        return true;
    size_t more = room ? room * 2 : 1024;
    struct map *bigger = memory_map(more * sizeof *maps);
    if (!bigger)
        return false;
    if (maps) {
        memcpy(bigger, maps, count * sizeof *maps);
        memory_unmap(maps, room * sizeof *maps);
    }
    maps = bigger;
    room = more;
    return true;
}

static void insert_at(size_t index, const struct map *map)
{
    if (!make_room())
        return;
    memmove(&maps[index + 1], &maps[index], (count - index) * sizeof *maps);
    maps[index] = *map;
    count++;
}

static void remove_range(uintptr_t start, uintptr_t end)
{
    size_t from = first_after(start);
    if (from < count && maps[from].start < start && maps[from].end > end) { /* a hole: two remain */
        struct map tail = maps[from];
        tail.start = end;
        maps[from].end = start;
        insert_at(from + 1, &tail);
        return;
    }
    if (from < count && maps[from].start < start)
        maps[from++].end = start;
    size_t to = from;
    while (to < count && maps[to].end <= end)
        to++;
    if (to < count && maps[to].start < end)
        maps[to].start = end;
    if (to == from)
        return; /* nothing whole to take out; there may be no array yet */
    memmove(&maps[from], &maps[to], (count - to) * sizeof *maps);
    count -= to - from;
}

void maps_add(uintptr_t start, size_t size, uint32_t stack, enum block_kind kind, bool reserved,
              uintptr_t caller)
{
    struct map map = {.start = start,
                      .end =
                          kind == KIND_BRK ? start + size : (start + size + PAGE - 1) & ~(PAGE - 1),
                      .stack = stack,
                      .epoch = (uint16_t)epoch_now(),
                      .kind = (uint8_t)kind,
                      .reserved = reserved,
                      .by_allocator = caller >= allocator_start && caller < allocator_end};
    if (map.end <= map.start || !lock_take(&lock))
        return;
    remove_range(map.start, map.end);
    insert_at(first_after(map.start), &map);
    lock_give(&lock);
}

/* The mappings that [start, end) touches, whole; under the lock. */
static void copy_range(uintptr_t start, uintptr_t end, struct maps_taken *taken)
{
    const unsigned most = sizeof taken->maps / sizeof *taken->maps;
    for (size_t i = first_after(start); i < count && maps[i].start < end; i++)
        if (taken->count < most)
            taken->maps[taken->count++] = maps[i];
}

void maps_take(uintptr_t start, size_t size, struct maps_taken *taken)
{
    uintptr_t end = (start + size + PAGE - 1) & ~(PAGE - 1);
    taken->count = 0;
    if (end <= start || !lock_take(&lock))
        return;
    copy_range(start, end, taken);
    remove_range(start, end);
    lock_give(&lock);
}

void maps_restore(const struct maps_taken *taken)
{
    if (!lock_take(&lock))
        return;
    for (unsigned i = 0; i < taken->count; i++) {
        const struct map *map = &taken->maps[i];
        remove_range(map->start, map->end);
        insert_at(first_after(map->start), map);
    }
    lock_give(&lock);
}

void maps_remove(uintptr_t start, size_t size)
{
    struct maps_taken taken;
    maps_take(start, size, &taken);
}

void maps_remove_from(uintptr_t start)
{
    if (!lock_take(&lock))
        return;
    size_t index = first_after(start);
    if (index < count && maps[index].start == start)
        remove_range(start, maps[index].end);
    lock_give(&lock);
}

size_t maps_copy(struct map **copy)
{
    size_t taken = 0, space = 0;
    *copy = NULL;
    for (;;) { /* the private jemalloc may map memory: never under the lock */
        lock_hold(&lock);
        if (count <= space) {
            if (count)
                memcpy(*copy, maps, count * sizeof *maps);
            taken = count;
            lock_give(&lock);
            return taken;
        }
        space = count + count / 8 + 16;
        lock_give(&lock);
        memory_free(*copy);
        *copy = memory_alloc(space * sizeof *maps);
        if (!*copy)
            return 0;
    }
}

void maps_set_allocator(uintptr_t start, uintptr_t end)
{
    allocator_start = start;
    allocator_end = end;
}

bool maps_settles(void)
{
    return lock_settles(&lock);
}

bool maps_lock(void)
{
    return lock_take(&lock);
}

void maps_unlock(void)
{
    lock_give(&lock);
}
