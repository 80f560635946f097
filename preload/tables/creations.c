/* creations.c -- Which code created which thread: a sorted array under a lock.
 *
 * Ends are not noted: a thread's stack may stay after its start function has returned, and only
 * glibc knows when it is free. A snapshot asks the thread's descriptor (unwind/bounds.h). Addresses
 * are used again, so the array is as long as the largest number of threads at a time, or a few
 * times that. A thread costs a mapping and a clone; a short lock is cheap beside them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/creations.h"

#include <string.h>

#include "base/lock.h"
#include "base/memory.h"
#include "tables/epoch.h"

#define MOST 65536 /* beyond, creations are not noted */

static struct lock lock;
static struct creation *creations;
static size_t count, room;

static size_t creations_find(uintptr_t thread)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (creations[middle].thread < thread)
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
    size_t more = room ? room * 2 : 256;
    struct creation *bigger = more > MOST ? NULL : memory_map(more * sizeof *creations);
    if (!bigger)
        return false;
    if (creations) {
        memcpy(bigger, creations, count * sizeof *creations);
        memory_unmap(creations, room * sizeof *creations);
    }
    creations = bigger;
    room = more;
    return true;
}

static void creations_put(size_t at, const struct creation *creation)
{
    bool known = at < count && creations[at].thread == creation->thread;
    if (!known && !make_room())
        return;
    if (!known)
        memmove(&creations[at + 1], &creations[at], (count++ - at) * sizeof *creations);
    creations[at] = *creation;
}

static void take_out(size_t at)
{
    memmove(&creations[at], &creations[at + 1], (--count - at) * sizeof *creations);
}

void creations_note(uintptr_t thread, uint32_t stack)
{
    struct creation creation = {.thread = thread, .stack = stack, .epoch = epoch_now()};
    if (!lock_take(&lock))
        return;
    size_t at = creations_find(thread);
    if (stack)
        creations_put(at, &creation);
    else if (at < count && creations[at].thread == thread)
        take_out(at);
    lock_give(&lock);
}

void creations_forget(void)
{
    lock_hold(&lock);
    count = 0;
    lock_give(&lock);
}

size_t creations_copy(struct creation **copy)
{
    size_t space = 0;
    *copy = NULL;
    for (;;) { /* the private jemalloc may map memory: never under the lock */
        lock_hold(&lock);
        size_t taken = count;
        if (taken && taken <= space)
            memcpy(*copy, creations, taken * sizeof *creations);
        lock_give(&lock);
        if (taken <= space)
            return taken;
        space = taken + taken / 8 + 16;
        memory_free(*copy);
        *copy = memory_alloc(space * sizeof *creations);
        if (!*copy)
            return 0;
    }
}

bool creations_lock(void)
{
    return lock_take(&lock);
}

void creations_unlock(void)
{
    lock_give(&lock);
}

bool creations_settles(void)
{
    return lock_settles(&lock);
}
