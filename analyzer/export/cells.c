/* cells.c -- Live memory by call-tree leaf and size class (or birth).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/cells.h"

#include <stdlib.h>

static int by_order(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->leaf != y->leaf)
        return x->leaf < y->leaf ? -1 : 1;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    if (x->sort != y->sort)
        return x->sort < y->sort ? -1 : 1;
    return (x->which > y->which) - (x->which < y->which);
}

/* Takes what it adds from REST, so that the cells of a stack add up to the stack. */
static void add(struct cell_list *list, struct cell *rest, enum cell_sort sort, int64_t which,
                struct listed what)
{
    struct cell cell = *rest;
    cell.sort = sort;
    cell.which = which;
    cell.blocks = what.blocks;
    cell.bytes = what.bytes;
    rest->blocks -= what.blocks;
    rest->bytes -= what.bytes;
    if (cell.bytes > 0)
        VEC_ADD(&list->cells, cell);
}

/* The histogram of a stack counts only when it does not claim more than the stack holds. */
static void add_sizes(struct cell_list *list, struct cell *rest, const struct store *store,
                      const struct store_stack *stack)
{
    const struct store_size *rows = store->sizes.items + stack->first_size;
    int64_t bytes = 0;
    for (size_t i = 0; i < stack->size_count; i++)
        bytes = rows[i].live_bytes < 0 ? STORE_LIMIT : store_sum(bytes, rows[i].live_bytes);
    for (size_t i = 0; i < stack->size_count && bytes <= rest->bytes; i++)
        add(list, rest, CELL_SIZE_CLASS, rows[i].class,
            (struct listed){rows[i].live_blocks, rows[i].live_bytes});
}

static void add_ages(struct cell_list *list, struct cell *rest, const struct store *store,
                     const struct store_stack *stack)
{
    const struct store_age *rows = store->ages.items + stack->first_age;
    int64_t bytes = 0;
    for (size_t i = 0; i < stack->age_count; i++)
        bytes = rows[i].live_bytes < 0 ? STORE_LIMIT : store_sum(bytes, rows[i].live_bytes);
    for (size_t i = 0; i < stack->age_count && bytes <= rest->bytes; i++)
        add(list, rest, CELL_EPOCH, rows[i].epoch,
            (struct listed){rows[i].live_blocks, rows[i].live_bytes});
}

static void add_stack(struct cell_list *list, const struct set_snapshot *snapshot, size_t index,
                      bool by_epoch, const struct listed *listed)
{
    const struct store_stack *stack = &snapshot->store->stacks.items[index];
    struct cell rest = {.leaf = snapshot->leaves[index],
                        .class = snapshot->classes[index],
                        .blocks = stack->live_blocks,
                        .bytes = stack->live_bytes};
    if (stack->live_bytes <= 0)
        return;
    if (listed && listed[index].bytes > 0) {
        rest.blocks -= listed[index].blocks;
        rest.bytes -= listed[index].bytes;
    } else if (stack->code_bytes > 0) {
        add(list, &rest, CELL_CODE, 0, (struct listed){0, stack->code_bytes});
    } else if (by_epoch) {
        add_ages(list, &rest, snapshot->store, stack);
    } else {
        add_sizes(list, &rest, snapshot->store, stack);
    }
    add(list, &rest, CELL_REST, 0, (struct listed){rest.blocks, rest.bytes});
}

/* Stacks that share their leaf (another kind of block, another address in one line) share cells. */
static void merge(struct cell_list *list)
{
    struct cell *cells = list->cells.items;
    size_t count = 0;
    for (size_t i = 0; i < list->cells.count; i++) {
        if (count > 0 && by_order(&cells[count - 1], &cells[i]) == 0) {
            cells[count - 1].blocks = store_sum(cells[count - 1].blocks, cells[i].blocks);
            cells[count - 1].bytes = store_sum(cells[count - 1].bytes, cells[i].bytes);
        } else {
            cells[count++] = cells[i];
        }
    }
    list->cells.count = count;
}

struct cell_list cells_make(const struct set_snapshot *snapshot, bool by_epoch,
                            const struct listed *listed)
{
    struct cell_list list = {0};
    for (size_t i = 0; i < snapshot->store->stacks.count; i++)
        add_stack(&list, snapshot, i, by_epoch, listed);
    if (list.cells.count > 0)
        qsort(list.cells.items, list.cells.count, sizeof *list.cells.items, by_order);
    merge(&list);
    return list;
}
