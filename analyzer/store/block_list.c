/* block_list.c -- The live blocks of a snapshot taken with --blocks, one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/block_list.h"

#include "store/load.h"
#include "store/queries.h"
#include "store/rows.h"

#include <sqlite3.h>
#include <stdlib.h>

struct block_list {
    const struct store *store;
    sqlite3 *database;
    sqlite3_stmt *rows;
};

int64_t block_list_count(const struct store *store, struct error *error)
{
    sqlite3 *database = store_database(store->path, error);
    sqlite3_stmt *row = NULL;
    int64_t count = -1;
    if (!database)
        return -1;
    if (sqlite3_prepare_v2(database, QUERY_BLOCK_COUNT, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        count = sqlite3_column_int64(row, 0);
    else
        rows_damaged(store, error, sqlite3_errmsg(database));
    sqlite3_finalize(row);
    sqlite3_close(database);
    return count;
}

struct block_list *block_list_open(const struct store *store, struct error *error)
{
    struct block_list *blocks = memory_zeroed(1, sizeof *blocks);
    blocks->store = store;
    blocks->database = store_database(store->path, error);
    if (blocks->database &&
        sqlite3_prepare_v2(blocks->database, QUERY_BLOCKS, -1, &blocks->rows, NULL) != SQLITE_OK)
        rows_damaged(store, error, sqlite3_errmsg(blocks->database));
    if (blocks->rows)
        return blocks;
    block_list_close(blocks);
    return NULL;
}

void block_list_close(struct block_list *blocks)
{
    if (!blocks)
        return;
    sqlite3_finalize(blocks->rows);
    sqlite3_close(blocks->database);
    free(blocks);
}

bool block_list_next(struct block_list *blocks, struct block *block, struct error *error)
{
    int status = sqlite3_step(blocks->rows);
    if (status != SQLITE_ROW) {
        if (status != SQLITE_DONE)
            rows_damaged(blocks->store, error, sqlite3_errmsg(blocks->database));
        return false;
    }
    *block = (struct block){
        .address = (uint64_t)sqlite3_column_int64(blocks->rows, 0),
        .size = sqlite3_column_int64(blocks->rows, 1),
        .stack = store_find_stack(blocks->store, sqlite3_column_int64(blocks->rows, 2)),
        .epoch = sqlite3_column_int64(blocks->rows, 3),
    };
    if (block->stack == STORE_NONE)
        return rows_damaged(blocks->store, error, "a block refers to a stack that is not there");
    if (block->size < 0 || block->size > STORE_LIMIT)
        return rows_damaged(blocks->store, error, "a block has an impossible size");
    return true;
}
