/* tally_rows.c -- Tables age and size: the live blocks of each stack by epoch and by size.
 *
 * The sorted tally has the rows of a stack by epoch and class. Neighbours of one epoch are a row of
 * table age. Rows of one class lie apart, and are added up in a drawer for each class. Both tables
 * are written by rising key, so that SQLite only ever appends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/tally_rows.h"

#include <string.h>

#include "file/rows.h"

typedef sqlite3_int64 number;

/* Rounds an estimate; exact when nothing was sampled. */
static number tally_rows_whole(double value)
{
    return (number)(value + 0.5);
}

static int write_ages(sqlite3 *db, const struct tally_row *list, size_t count)
{
    struct rows rows;
    rows_begin(&rows, db, "age");
    for (size_t i = 0; i < count;) {
        uint64_t key = list[i].key;
        double blocks = 0, bytes = 0;
        for (; i < count && list[i].key >> CUT_CLASS_BITS == key >> CUT_CLASS_BITS; i++) {
            blocks += list[i].blocks;
            bytes += list[i].bytes;
        }
        ROWS_ADD(&rows, ROWS_INT(stack_id, CUT_KEY_STACK(key)), ROWS_INT(epoch, CUT_KEY_EPOCH(key)),
                 ROWS_INT(live_blocks, tally_rows_whole(blocks)),
                 ROWS_INT(live_bytes, tally_rows_whole(bytes)));
    }
    return rows_end(&rows);
}

struct drawers {
    struct {
        double blocks, bytes;
    } of[CUT_CLASSES];
    uint64_t used; /* a bit for each class */
};

static void tally_rows_empty(struct drawers *drawers, struct rows *rows, uint64_t stack)
{
    for (uint64_t left = drawers->used; left; left &= left - 1) {
        unsigned class = (unsigned)__builtin_ctzll(left);
        ROWS_ADD(rows, ROWS_INT(stack_id, stack), ROWS_INT(class, class),
                 ROWS_INT(live_blocks, tally_rows_whole(drawers->of[class].blocks)),
                 ROWS_INT(live_bytes, tally_rows_whole(drawers->of[class].bytes)));
        drawers->of[class].blocks = drawers->of[class].bytes = 0;
    }
    drawers->used = 0;
}

static int write_sizes(sqlite3 *db, const struct tally_row *list, size_t count)
{
    struct drawers drawers;
    struct rows rows;
    memset(&drawers, 0, sizeof drawers);
    rows_begin(&rows, db, "size");
    for (size_t i = 0; i < count;) {
        uint64_t stack = CUT_KEY_STACK(list[i].key);
        for (; i < count && CUT_KEY_STACK(list[i].key) == stack; i++) {
            unsigned class = CUT_KEY_CLASS(list[i].key);
            drawers.of[class].blocks += list[i].blocks;
            drawers.of[class].bytes += list[i].bytes;
            drawers.used |= (uint64_t)1 << class;
        }
        tally_rows_empty(&drawers, &rows, stack);
    }
    return rows_end(&rows);
}

int tally_rows_write(sqlite3 *db, struct tally *tally)
{
    size_t count = tally_sort(tally);
    int failed = write_ages(db, tally->rows, count);
    if (!failed)
        failed = write_sizes(db, tally->rows, count);
    tally_done(tally);
    return failed;
}
