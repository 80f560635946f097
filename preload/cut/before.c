/* before.c -- What was live before a collection of garbage was asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/before.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "record/sample.h"
#include "tables/blocks.h"
#include "tables/stacks.h"

static struct before_stack *stacks; /* by id */
static uint32_t count;              /* the highest id */

static void add_block(const struct block *block, void *context)
{
    (void)context;
    if (block->stack > count)
        return; /* allocated meanwhile */
    double weight = 1 / sample_probability(block->size);
    stacks[block->stack].blocks += weight;
    stacks[block->stack].bytes += (double)block->size * weight;
}

void before_take(void)
{
    before_drop();
    count = stacks_count();
    stacks = memory_alloc((count + 1) * sizeof *stacks);
    if (!stacks)
        return;
    memset(stacks, 0, (count + 1) * sizeof *stacks);
    blocks_each(add_block, NULL);
}

const struct before_stack *before_find(uint32_t stack)
{
    bool is_here = stacks && stack <= count && stacks[stack].blocks > 0;
    return is_here ? &stacks[stack] : NULL;
}

bool before_is_known(void)
{
    return stacks != NULL;
}

void before_drop(void)
{
    memory_free(stacks);
    stacks = NULL;
}

void before_forked(void)
{
    stacks = NULL;
}
