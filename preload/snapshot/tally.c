/* tally.c -- Blocks and bytes added up under a 64-bit key: ages and sizes per stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/tally.h"

#include "base/memory.h"
#include "base/sort.h"
#include "tables/stacks.h"

#define FREE_ROW UINT64_MAX

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

static int by_key(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

size_t tally_sort(struct tally *tally)
{
    size_t count = 0;
    for (size_t i = 0; i < tally->room; i++)
        if (tally->rows[i].key != FREE_ROW)
            tally->rows[count++] = tally->rows[i];
    if (count)
        sort(tally->rows, count, sizeof *tally->rows, by_key);
    return count;
}
