/* ordered.c -- The live blocks by strictly rising address.
 *
 * The table hands them out by rising lines of 512 bytes and in any order within a line: sorting
 * line by line is enough.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/ordered.h"

#define LINE_BYTES  512u
#define LINE_BLOCKS (LINE_BYTES / 8) /* addresses are multiples of 8 */

struct orderly {
    void (*visit)(const struct block *, void *);
    void *context;
    unsigned count;
    struct block line[LINE_BLOCKS];
};

/* Mostly a handful, mostly in order already. */
static void ordered_put(struct orderly *orderly, const struct block *block)
{
    unsigned at = orderly->count++;
    for (; at > 0 && orderly->line[at - 1].address > block->address; at--)
        orderly->line[at] = orderly->line[at - 1];
    orderly->line[at] = *block;
}

static void end_line(struct orderly *orderly)
{
    for (unsigned i = 0; i < orderly->count; i++)
        if (i == 0 || orderly->line[i].address != orderly->line[i - 1].address)
            orderly->visit(&orderly->line[i], orderly->context);
    orderly->count = 0;
}

static void visit(const struct block *block, void *context)
{
    struct orderly *orderly = context;
    if (orderly->count && orderly->line[0].address / LINE_BYTES != block->address / LINE_BYTES)
        end_line(orderly);
    if (orderly->count < LINE_BLOCKS)
        ordered_put(orderly, block);
}

void ordered_each(void (*visitor)(const struct block *block, void *context), void *context)
{
    struct orderly orderly = {.visit = visitor, .context = context, .count = 0};
    blocks_each(visit, &orderly);
    end_line(&orderly);
}
