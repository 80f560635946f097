/* cells.c -- Live memory by stack, size and time of allocation.
 *
 * A stack is known from one snapshot to the next by its addresses, not by its names: what lies at
 * an address of JIT code may have got another name, or none, since the stack was recorded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/cells.h"

#include <stdlib.h>

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Without LAST: cells of different snapshots that stand for the same blocks. */
static int compare_places(const struct cell *a, const struct cell *b)
{
    const int64_t x[] = {a->sort, a->size_class, a->epoch};
    const int64_t y[] = {b->sort, b->size_class, b->epoch};
    int order = (a->identity > b->identity) - (a->identity < b->identity);
    for (size_t i = 0; i < sizeof x / sizeof *x && order == 0; i++)
        order = compare_numbers(x[i], y[i]);
    return order;
}

static int by_place(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    int order = compare_places(x, y);
    return order ? order : compare_numbers((int64_t)x->last, (int64_t)y->last);
}

static int by_leaf(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    int order = compare_numbers(x->leaf, y->leaf);
    return order ? order : by_place(a, b);
}

static void cells_sort(struct cell_list *list, int (*order)(const void *, const void *))
{
    if (list->cells.count > 0)
        qsort(list->cells.items, list->cells.count, sizeof *list->cells.items, order);
}

/* Adds a cell; takes what it holds from REST, so that the cells of a stack add up to the stack. */
static void cells_add(struct cell_list *list, struct cell *rest, struct cell cell)
{
    cell.identity = rest->identity;
    cell.leaf = rest->leaf;
    cell.class = rest->class;
    rest->blocks -= cell.blocks;
    rest->bytes -= cell.bytes;
    if (cell.bytes > 0)
        VEC_ADD(&list->cells, cell);
}

/* A stack's histogram, of sizes or ages, whose rows come one by one. */
struct histogram {
    const struct store *store;
    const struct store_stack *stack;
    bool is_of_ages;
};

static size_t row_count(const struct histogram *rows)
{
    return rows->is_of_ages ? rows->stack->age_count : rows->stack->size_count;
}

static struct cell row_at(const struct histogram *rows, size_t index)
{
    struct cell cell = {.sort = CELL_BLOCKS, .size_class = CELL_UNKNOWN, .epoch = CELL_UNKNOWN};
    if (rows->is_of_ages) {
        const struct store_age *age = &rows->store->ages.items[rows->stack->first_age + index];
        cell.epoch = age->epoch;
        cell.blocks = age->live_blocks;
        cell.bytes = age->live_bytes;
    } else {
        const struct store_size *size = &rows->store->sizes.items[rows->stack->first_size + index];
        cell.size_class = size->class;
        cell.blocks = size->live_blocks;
        cell.bytes = size->live_bytes;
    }
    return cell;
}

/* A histogram counts only when it does not claim more than the stack holds. */
static bool is_sound(const struct histogram *rows)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < row_count(rows); i++) {
        struct cell cell = row_at(rows, i);
        bytes = cell.bytes < 0 || cell.blocks < 0 ? STORE_LIMIT : store_sum(bytes, cell.bytes);
    }
    return row_count(rows) > 0 && bytes <= rows->stack->live_bytes;
}

/* When one of the histograms has one row only, it holds for all rows of the other. */
static void add_histograms(struct cell_list *list, struct cell *rest, const struct store *store,
                           const struct store_stack *stack, enum cells_by by)
{
    struct histogram sizes = {store, stack, false}, ages = {store, stack, true};
    bool has_sizes = is_sound(&sizes), has_ages = is_sound(&ages);
    bool use_ages = has_ages && (!has_sizes || row_count(&sizes) == 1 || by == CELLS_BY_BIRTH);
    const struct histogram *rows = use_ages ? &ages : &sizes;
    for (size_t i = 0; i < row_count(rows) && (has_sizes || has_ages); i++) {
        struct cell cell = row_at(rows, i);
        if (use_ages && has_sizes && row_count(&sizes) == 1)
            cell.size_class = row_at(&sizes, 0).size_class;
        if (!use_ages && has_ages && row_count(&ages) == 1)
            cell.epoch = row_at(&ages, 0).epoch;
        cells_add(list, rest, cell);
    }
}

static uint64_t identify(const struct store *store, const struct store_stack *stack)
{
    uint64_t identity = (uint64_t)stack->kind;
    uint32_t node = stack->node;
    while (node != STORE_NONE) {
        identity =
            map_mix(identity, store->locations.items[store->nodes.items[node].location].address);
        node = store->nodes.items[node].parent;
    }
    return identity;
}

static void cells_add_stack(struct cell_list *list, const struct set_snapshot *snapshot,
                            size_t index, enum cells_by by, const struct listed *listed)
{
    const struct store_stack *stack = &snapshot->store->stacks.items[index];
    struct cell rest = {.identity = identify(snapshot->store, stack),
                        .leaf = snapshot->leaves[index],
                        .class = snapshot->classes[index],
                        .size_class = CELL_UNKNOWN,
                        .epoch = CELL_UNKNOWN,
                        .blocks = stack->live_blocks,
                        .bytes = stack->live_bytes};
    struct cell part = rest;
    if (stack->live_bytes <= 0)
        return;
    if (listed && listed[index].bytes > 0) {
        rest.blocks -= listed[index].blocks;
        rest.bytes -= listed[index].bytes;
    } else if (stack->code_bytes > 0) {
        part.sort = CELL_CODE;
        part.blocks = 0;
        part.bytes = stack->code_bytes;
        cells_add(list, &rest, part);
    } else {
        add_histograms(list, &rest, snapshot->store, stack, by);
    }
    part.sort = CELL_REST;
    part.blocks = rest.blocks > 0 ? rest.blocks : 0;
    part.bytes = rest.bytes;
    cells_add(list, &rest, part);
}

/* An untrusted file may hold a stack twice. */
static void cells_merge(struct cell_list *list)
{
    struct cell *cells = list->cells.items;
    size_t count = 0;
    for (size_t i = 0; i < list->cells.count; i++) {
        if (count > 0 && compare_places(&cells[count - 1], &cells[i]) == 0) {
            cells[count - 1].blocks = store_sum(cells[count - 1].blocks, cells[i].blocks);
            cells[count - 1].bytes = store_sum(cells[count - 1].bytes, cells[i].bytes);
        } else {
            cells[count++] = cells[i];
        }
    }
    list->cells.count = count;
}

struct cell_list cells_make(const struct set_snapshot *snapshot, enum cells_by by,
                            const struct listed *listed)
{
    struct cell_list list = {0};
    for (size_t i = 0; i < snapshot->store->stacks.count; i++)
        cells_add_stack(&list, snapshot, i, by, listed);
    cells_sort(&list, by_place);
    cells_merge(&list);
    return list;
}

/* What a cell holds beyond LATER's cells from FIRST up to END, which the next snapshot still has;
 * false when those are not a part of it. */
static bool take_later(struct cell *cell, const struct cell_list *later, size_t first, size_t end)
{
    struct cell left = *cell;
    for (size_t i = first; i < end; i++) {
        left.blocks -= later->cells.items[i].blocks;
        left.bytes -= later->cells.items[i].bytes;
    }
    bool fits = cell->sort == CELL_BLOCKS && cell->epoch != CELL_UNKNOWN && left.blocks >= 0 &&
                left.bytes >= 0 && (left.blocks == 0) == (left.bytes == 0);
    if (fits)
        *cell = left;
    return fits;
}

/* They are named as in this snapshot. */
static void add_later(struct cell_list *list, const struct cell *cell,
                      const struct cell_list *later, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        struct cell part = later->cells.items[i];
        part.leaf = cell->leaf;
        part.class = cell->class;
        VEC_ADD(&list->cells, part);
    }
}

static void split(struct cell_list *list, size_t index, const struct cell_list *later)
{
    struct cell_list result = {0};
    size_t first = 0;
    for (size_t i = 0; i < list->cells.count; i++) {
        struct cell cell = list->cells.items[i];
        cell.last = index;
        while (later && first < later->cells.count &&
               compare_places(&later->cells.items[first], &cell) < 0)
            first++;
        size_t end = first;
        while (later && end < later->cells.count &&
               compare_places(&later->cells.items[end], &cell) == 0)
            end++;
        if (take_later(&cell, later, first, end)) {
            add_later(&result, &cell, later, first, end);
        }
        if (cell.bytes > 0)
            VEC_ADD(&result.cells, cell);
    }
    free(list->cells.items);
    *list = result;
    cells_sort(list, by_place);
}

void cells_split(struct cell_list *lists, const struct set *set)
{
    for (size_t i = set->count; i-- > 0;) {
        bool goes_on =
            i + 1 < set->count && set->snapshots[i].process == set->snapshots[i + 1].process;
        split(&lists[i], i, goes_on ? &lists[i + 1] : NULL);
    }
    for (size_t i = 0; i < set->count; i++)
        cells_sort(&lists[i], by_leaf);
}

void cells_count_pieces(struct cell_list *list, bool each)
{
    for (size_t i = 0; i < list->cells.count; i++) {
        struct cell *cell = &list->cells.items[i];
        uint64_t least = (uint64_t)((cell->bytes - 1) / PIECE_BYTES + 1);
        bool is_more = each && cell->blocks > 0 && (uint64_t)cell->blocks > least;
        cell->pieces = is_more ? (uint64_t)cell->blocks : least;
    }
}

uint32_t cells_piece(const struct cell *cell, uint64_t index)
{
    unsigned __int128 bytes = (unsigned __int128)cell->bytes;
    return (uint32_t)(bytes * (index + 1) / cell->pieces - bytes * index / cell->pieces);
}
