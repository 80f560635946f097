/* tally.c -- Blocks and bytes added up under a 64-bit key: ages and sizes per stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/tally.h"

#include <string.h>

#include "base/memory.h"
#include "tables/stacks.h"

#define FREE_ROW UINT64_MAX
#define RADIX    11 /* bits */

void tally_done(struct tally *tally)
{
    memory_free(tally->rows);
    *tally = (struct tally){NULL, 0, 0};
}

static struct tally_row *find(struct tally *tally, uint64_t key)
{
    size_t at = stacks_hash_end(key) & (tally->room - 1);
    while (tally->rows[at].key != FREE_ROW && tally->rows[at].key != key)
        at = (at + 1) & (tally->room - 1);
    return &tally->rows[at];
}

static bool grow(struct tally *tally)
{
    struct tally old = *tally;
    size_t room = old.room ? old.room * 2 : 1024;
    struct tally_row *rows = memory_alloc(room * sizeof *rows);
    if (!rows)
        return false;
    for (size_t i = 0; i < room; i++)
        rows[i].key = FREE_ROW;
    tally->rows = rows;
    tally->room = room;
    for (size_t i = 0; i < old.room; i++)
        if (old.rows[i].key != FREE_ROW)
            *find(tally, old.rows[i].key) = old.rows[i];
    memory_free(old.rows);
    return true;
}

bool tally_add(struct tally *tally, uint64_t key, double blocks, double bytes)
{
    if (tally->used * 2 >= tally->room && !grow(tally))
        return false;
    struct tally_row *row = find(tally, key);
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
static void distribute(const struct tally_row *from, struct tally_row *to, size_t count,
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

/* Keys are small numbers one above the other, so a few passes do (radix sort, lowest digit first).
 * The free half of the table is the second array. */
size_t tally_sort(struct tally *tally)
{
    size_t count = 0;
    uint64_t highest = 0;
    for (size_t i = 0; i < tally->room; i++)
        if (tally->rows[i].key != FREE_ROW) {
            highest |= tally->rows[i].key;
            tally->rows[count++] = tally->rows[i];
        }
    struct tally_row *from = tally->rows, *to = tally->rows + tally->room / 2;
    for (unsigned shift = 0; shift < 64 && highest >> shift; shift += RADIX) {
        distribute(from, to, count, shift);
        struct tally_row *sorted = to;
        to = from;
        from = sorted;
    }
    if (count && from != tally->rows)
        memcpy(tally->rows, from, count * sizeof *from);
    return count;
}
