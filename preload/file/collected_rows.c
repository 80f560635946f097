/* collected_rows.c -- What a collection of garbage freed: table collected.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/collected_rows.h"

#include "cut/before.h"
#include "file/rows.h"

int collected_rows_write(sqlite3 *db, const struct cut *cut)
{
    struct rows rows;
    rows_begin(&rows, db, "collected");
    for (uint32_t id = 1; id <= cut->stack_count; id++) {
        const struct before_stack *before = before_find(id);
        if (!before || !cut_stack(cut, id))
            continue;
        long long blocks = (long long)(before->blocks - cut->stacks[id].live_blocks);
        long long bytes = (long long)(before->bytes - cut->stacks[id].live_bytes);
        if (blocks || bytes)
            ROWS_ADD(&rows, ROWS_INT(stack_id, id), ROWS_INT(blocks, blocks),
                     ROWS_INT(bytes, bytes));
    }
    return rows_end(&rows);
}
