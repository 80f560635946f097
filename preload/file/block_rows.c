/* block_rows.c -- Tables block and pool_block: every live block, one row each.
 *
 * A row costs 16 to 22 bytes when it comes behind the last one: SQLite then fills its pages to the
 * brim. So the blocks are written by rising address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/block_rows.h"

#include "cut/ordered.h"
#include "file/rows.h"
#include "record/pools.h"

struct block_rows {
    struct rows rows;
    uint32_t stack_count;
};

static void block_rows_visit(const struct block *block, void *context)
{
    struct block_rows *target = context;
    if (block->stack <= target->stack_count)
        ROWS_ADD(&target->rows, ROWS_INT(address, block->address), ROWS_INT(size, block->size),
                 ROWS_INT(stack_id, block->stack), ROWS_INT(epoch, block->epoch));
}

int block_rows_write(sqlite3 *db, const struct cut *cut)
{
    struct block_rows target = {.stack_count = cut->stack_count};
    rows_begin(&target.rows, db, "block");
    ordered_each(block_rows_visit, &target);
    int failed = rows_end(&target.rows);
    if (failed)
        return failed;
    rows_begin(&target.rows, db, "pool_block");
    pools_each(block_rows_visit, &target);
    return rows_end(&target.rows);
}
