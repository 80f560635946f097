/* jitcode.c -- JIT code as its runtime announces it: a log in memory, in the order of time.
 *
 * Rows lie on shelves that are mapped when they are needed. Writers hold a lock; readers see the
 * rows below the count. What finds no room leaves a mark for each page that it covers, so that no
 * older name is given to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/jitcode.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"
#include "base/memory.h"
#include "tables/places.h"

#define SHELF_BITS  13
#define SHELF_COUNT (JITCODE_MOST >> SHELF_BITS)
#define SHELF_MASK  ((1u << SHELF_BITS) - 1)
#define PAGE_BITS   12
#define MARKS       (1u << 16) /* pages of lost code, by a hash */
#define MARKED_MOST 1024       /* pages of one piece */

struct row {
    uintptr_t start, from;
    uint32_t size;
    uint32_t name; /* the number of a place, and 1; 0: none */
};

static struct lock lock; /* writers only */
static struct row *shelves[SHELF_COUNT];
static atomic_uint count;
static atomic_uint end = UINT32_MAX; /* the number of the first piece without room */
static struct stacks_room texts;
static _Atomic uint64_t marks[MARKS / 64];
static atomic_bool refused;

uint32_t jitcode_count(void)
{
    return atomic_load_explicit(&count, memory_order_acquire);
}

static uint32_t end_get(void)
{
    return atomic_load_explicit(&end, memory_order_acquire);
}

uint32_t jitcode_dropped(void)
{
    uint32_t announced = jitcode_count(), kept = end_get();
    return announced > kept ? announced - kept : 0;
}

void jitcode_refuse(void)
{
    atomic_store(&refused, true);
}

bool jitcode_is_refused(void)
{
    return atomic_load(&refused);
}

bool jitcode_lock(void)
{
    return lock_take(&lock);
}

void jitcode_unlock(void)
{
    lock_give(&lock);
}

/* ---- pieces without room --------------------------------------------------------------------- */

static uint32_t mark_of(uintptr_t page)
{
    return (uint32_t)(page * 0x9e3779b97f4a7c15ull >> 48) % MARKS;
}

static void jitcode_lose(const struct row *row, uint32_t number)
{
    uintptr_t first = row->start >> PAGE_BITS, last = (row->start + row->size - 1) >> PAGE_BITS;
    uint32_t none = UINT32_MAX;
    atomic_compare_exchange_strong(&end, &none, number);
    for (uintptr_t page = first; page <= last && page - first < MARKED_MOST; page++) {
        uint32_t mark = mark_of(page);
        atomic_fetch_or_explicit(&marks[mark / 64], (uint64_t)1 << mark % 64, memory_order_relaxed);
    }
}

bool jitcode_is_doubtful(uintptr_t address, uint32_t when)
{
    uint32_t mark = mark_of(address >> PAGE_BITS);
    return when > end_get() &&
           (atomic_load_explicit(&marks[mark / 64], memory_order_relaxed) >> mark % 64 & 1);
}

/* ---- the log --------------------------------------------------------------------------------- */

/* Once a piece has found no room, none of the later ones is kept: their order would be lost. */
static struct row *row_make(uint32_t number)
{
    if (number >= JITCODE_MOST || number >= end_get())
        return NULL;
    struct row **shelf = &shelves[number >> SHELF_BITS];
    if (!*shelf)
        *shelf = memory_map(sizeof(struct row) << SHELF_BITS);
    return *shelf ? &(*shelf)[number & SHELF_MASK] : NULL;
}

/* The lock is held. */
static void jitcode_write(const struct row *row)
{
    uint32_t number = atomic_load_explicit(&count, memory_order_relaxed);
    struct row *place = row_make(number);
    if (number == UINT32_MAX)
        return;
    if (place)
        *place = *row;
    else
        jitcode_lose(row, number);
    atomic_store_explicit(&count, number + 1, memory_order_release);
}

static bool is_sane(uintptr_t start, size_t size)
{
    return start && size && size <= UINT32_MAX && start + size > start;
}

void jitcode_add(uintptr_t start, size_t size, const char *name, size_t length)
{
    int saved = errno;
    if (is_sane(start, size) && lock_take(&lock)) {
        uintptr_t place =
            jitcode_dropped()
                ? 0
                : places_intern(name, length < JITCODE_NAME_SIZE ? length : JITCODE_NAME_SIZE - 1,
                                &texts);
        jitcode_write(&(struct row){
            .start = start, .size = (uint32_t)size, .name = place ? (uint32_t)place + 1 : 0});
        lock_give(&lock);
    }
    errno = saved;
}

void jitcode_move(uintptr_t from, uintptr_t to, size_t size)
{
    int saved = errno;
    if (from && is_sane(to, size) && lock_take(&lock)) {
        jitcode_write(&(struct row){.start = to, .from = from, .size = (uint32_t)size});
        lock_give(&lock);
    }
    errno = saved;
}

bool jitcode_get(uint32_t number, struct jitcode *code)
{
    if (number >= jitcode_count() || number >= end_get())
        return false;
    const struct row *row = &shelves[number >> SHELF_BITS][number & SHELF_MASK];
    *code = (struct jitcode){.start = row->start,
                             .from = row->from,
                             .size = row->size,
                             .name = row->name ? places_text(PLACES_MARK | (row->name - 1)) : NULL};
    return true;
}
