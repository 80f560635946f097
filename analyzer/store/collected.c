/* collected.c -- What collections of garbage freed, of each stack.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/collected.h"

#include "store/load.h"
#include "store/queries.h"
#include "store/rows.h"

static int64_t bounded(int64_t number)
{
    return number > STORE_LIMIT ? STORE_LIMIT : number < -STORE_LIMIT ? -STORE_LIMIT : number;
}

static bool read_row(void *context, sqlite3_stmt *row)
{
    const struct rows_source *source = context;
    uint32_t index = store_find_stack(source->store, sqlite3_column_int64(row, 0));
    if (index == STORE_NONE)
        return rows_damaged(source->store, source->error,
                            "a collection refers to a stack that is not there");
    struct store_stack *stack = &source->store->stacks.items[index];
    stack->collected_blocks = bounded(sqlite3_column_int64(row, 1));
    stack->collected_bytes = bounded(sqlite3_column_int64(row, 2));
    return true;
}

bool collected_load(struct store *store, sqlite3 *database, struct error *error)
{
    struct rows_source source = {store, database, error};
    return !rows_has_table(database, "collected") || /* of an older version */
           rows_read(&source, QUERY_COLLECTED, read_row, &source);
}
