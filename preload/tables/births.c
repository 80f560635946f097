/* births.c -- Which code created which thread: a sorted array under a lock.
 *
 * Ends are not noted: a thread may outlive its start function in the hands of nobody, and only
 * glibc knows when its stack is free. A snapshot asks the thread's descriptor (unwind/bounds.h).
 * Addresses come again, so the array is as long as the most threads that there were at a time, or a
 * few times that; a thread costs a mapping and a clone, and a short lock is cheap beside them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/births.h"

#include <string.h>

#include "base/lock.h"
#include "base/memory.h"
#include "tables/epoch.h"

#define MOST 65536 /* beyond, births are not noted */

static struct lock lock;
static struct birth *births;
static size_t count, room;

static size_t find(uintptr_t thread)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (births[middle].thread < thread)
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
    struct birth *bigger = more > MOST ? NULL : memory_map(more * sizeof *births);
    if (!bigger)
        return false;
    if (births) {
        memcpy(bigger, births, count * sizeof *births);
        memory_unmap(births, room * sizeof *births);
    }
    births = bigger;
    room = more;
    return true;
}

static void put(size_t at, const struct birth *birth)
{
    bool known = at < count && births[at].thread == birth->thread;
    if (!known && !make_room())
        return;
    if (!known)
        memmove(&births[at + 1], &births[at], (count++ - at) * sizeof *births);
    births[at] = *birth;
}

static void take_out(size_t at)
{
    memmove(&births[at], &births[at + 1], (--count - at) * sizeof *births);
}

void births_note(uintptr_t thread, uint32_t stack)
{
    struct birth birth = {.thread = thread, .stack = stack, .epoch = epoch_now()};
    if (!lock_take(&lock))
        return;
    size_t at = find(thread);
    if (stack)
        put(at, &birth);
    else if (at < count && births[at].thread == thread)
        take_out(at);
    lock_give(&lock);
}

void births_forget(void)
{
    lock_hold(&lock);
    count = 0;
    lock_give(&lock);
}

size_t births_copy(struct birth **copy)
{
    size_t space = 0;
    *copy = NULL;
    for (;;) { /* the private jemalloc may map memory: never under the lock */
        lock_hold(&lock);
        size_t taken = count;
        if (taken && taken <= space)
            memcpy(*copy, births, taken * sizeof *births);
        lock_give(&lock);
        if (taken <= space)
            return taken;
        space = taken + taken / 8 + 16;
        memory_free(*copy);
        *copy = memory_alloc(space * sizeof *births);
        if (!*copy)
            return 0;
    }
}

bool births_lock(void)
{
    return lock_take(&lock);
}

void births_unlock(void)
{
    lock_give(&lock);
}

bool births_settles(void)
{
    return lock_settles(&lock);
}
