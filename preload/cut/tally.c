/* tally.c -- Blocks and bytes added up under a 64-bit key: ages and sizes per stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/tally.h"

#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "tables/stacks.h"

#define FREE_ROW UINT64_MAX
#define RADIX    11 /* bits */

#define ROOM_LEAST 1024u

void tally_done(struct tally *tally)
{
    memory_free(tally->rows);
    *tally = (struct tally){NULL, 0, 0};
}

static struct tally_row *tally_find(struct tally *tally, uint64_t key)
{
    size_t at = stacks_hash_end(key) & (tally->room - 1);
    while (tally->rows[at].key != FREE_ROW && tally->rows[at].key != key)
        at = (at + 1) & (tally->room - 1);
    return &tally->rows[at];
}

static bool make_room(struct tally *tally, size_t room)
{
    struct tally old = *tally;
    struct tally_row *rows = memory_alloc(room * sizeof *rows);
    if (!rows)
        return false;
    for (size_t i = 0; i < room; i++)
        rows[i].key = FREE_ROW;
    tally->rows = rows;
    tally->room = room;
    for (size_t i = 0; i < old.room; i++)
        if (old.rows[i].key != FREE_ROW)
            *tally_find(tally, old.rows[i].key) = old.rows[i];
    memory_free(old.rows);
    return true;
}

bool tally_expect(struct tally *tally, size_t rows)
{
    size_t room = ROOM_LEAST;
    while (room / 4 * 3 < rows)
        room *= 2;
    return room <= tally->room || make_room(tally, room);
}

bool tally_add(struct tally *tally, uint64_t key, double blocks, double bytes)
{
    if (tally->used >= tally->room / 4 * 3 &&
        !make_room(tally, tally->room ? tally->room * 2 : ROOM_LEAST))
        return false;
    struct tally_row *row = tally_find(tally, key);
    if (row->key == FREE_ROW) {
        *row = (struct tally_row){key, 0, 0};
        tally->used++;
    }
    row->blocks += blocks;
    row->bytes += bytes;
    return true;
}

void tally_prefetch(const struct tally *tally, uint64_t key)
{
    if (tally->room)
        __builtin_prefetch(&tally->rows[stacks_hash_end(key) & (tally->room - 1)], 1);
}

/* Moves the rows from one array to the other, ordered by RADIX bits of the key. */
static void tally_distribute(const struct tally_row *from, struct tally_row *to, size_t count,
                             unsigned shift)
{
    size_t places[1u << RADIX] = {0}, place = 0;
    for (size_t i = 0; i < count; i++)
        places[from[i].key >> shift & ((1u << RADIX) - 1)]++;
    for (unsigned i = 0; i < 1u << RADIX; i++) {
        size_t here = places[i];
        places[i] = place;
        place += here;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i].key >> shift & ((1u << RADIX) - 1)]++] = from[i];
}

static int by_key(const void *one, const void *other)
{
    uint64_t a = ((const struct tally_row *)one)->key, b = ((const struct tally_row *)other)->key;
    return (a > b) - (a < b);
}

/* Keys are small numbers one above the other, so a few passes do (radix sort, lowest digit first).
 * Without memory for the second array it takes longer. */
static void sort_rows(struct tally *tally, size_t count, uint64_t highest)
{
    struct tally_row *second = memory_alloc((count + 1) * sizeof *second);
    struct tally_row *from = tally->rows, *to = second;
    if (!second) {
        sort(tally->rows, count, sizeof *tally->rows, by_key);
        return;
    }
    for (unsigned shift = 0; shift < 64 && highest >> shift; shift += RADIX) {
        tally_distribute(from, to, count, shift);
        struct tally_row *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != tally->rows)
        memcpy(tally->rows, from, count * sizeof *from);
    memory_free(second);
}

size_t tally_sort(struct tally *tally)
{
    size_t count = 0;
    uint64_t highest = 0;
    for (size_t i = 0; i < tally->room; i++)
        if (tally->rows[i].key != FREE_ROW) {
            highest |= tally->rows[i].key;
            tally->rows[count++] = tally->rows[i];
        }
    if (count)
        sort_rows(tally, count, highest);
    return count;
}
