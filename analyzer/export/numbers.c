/* numbers.c -- The ids of objects: the same for what is alive in two snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/numbers.h"

#include <stdlib.h>

/* Files that were exported apart must not seem to share objects: each set begins at one of SLOTS
 * places, another one for each snapshot of a process. */
#define SLOTS     250
#define SLOT_SIZE ((uint64_t)1 << 23)
#define MOST      (((uint64_t)1 << 31) - 16) /* ids have 32 bits, and the odd ones are ours */

/* Pieces of one snapshot beyond one for each cell or block: of 2 GiB each, more than an address
 * space has. */
#define MOST_PIECES ((uint64_t)1 << 17)

uint64_t numbers_pieces(int64_t bytes)
{
    return bytes > 0 ? (uint64_t)((bytes - 1) / PIECE_BYTES + 1) : 1;
}

uint32_t numbers_piece(int64_t bytes, uint64_t index)
{
    int64_t left = bytes - (int64_t)index * PIECE_BYTES;
    return (uint32_t)(left < PIECE_BYTES ? left : PIECE_BYTES);
}

size_t numbers_epoch(int64_t epoch)
{
    return epoch < 0 ? 0 : epoch < NUMBERS_EPOCHS ? (size_t)epoch : NUMBERS_EPOCHS - 1;
}

static void count_block(struct numbers *numbers, const struct merge *merge)
{
    const struct block *block = &merge->cursors[merge->first].block;
    uint64_t pieces = numbers_pieces(block->size);
    numbers->snapshots[merge->first].births[numbers_epoch(block->epoch)] += pieces;
    for (size_t i = merge->first; i < merge->count; i++) {
        struct numbers_snapshot *snapshot = &numbers->snapshots[i];
        uint32_t stack = merge->cursors[i].block.stack;
        if (!merge->cursors[i].is_here)
            continue;
        snapshot->listed[stack].blocks++;
        snapshot->listed[stack].bytes = store_sum(snapshot->listed[stack].bytes, block->size);
        snapshot->pieces[stack] += pieces;
        snapshot->listed_pieces += pieces;
        snapshot->bytes = store_sum(snapshot->bytes, block->size);
    }
}

static bool count_blocks(struct numbers *numbers, const struct set *set, struct error *error)
{
    struct merge merge;
    for (size_t i = 0; i < set->count; i++) {
        struct numbers_snapshot *snapshot = &numbers->snapshots[i];
        size_t stacks = set->snapshots[i].store->stacks.count + 1;
        snapshot->listed = memory_zeroed(stacks, sizeof *snapshot->listed);
        snapshot->pieces = memory_zeroed(stacks, sizeof *snapshot->pieces);
        snapshot->births = memory_zeroed(NUMBERS_EPOCHS, sizeof *snapshot->births);
    }
    if (!merge_open(&merge, set, set->count, error))
        return false;
    while (merge_next(&merge, error))
        count_block(numbers, &merge);
    merge_close(&merge);
    return !*error->message;
}

/* What makes two cells of different snapshots the same. No padding: it is hashed. */
struct cell_key {
    int64_t process, identity, sort, size_class, epoch, last, blocks, bytes;
};

/* Numbers what a cell holds that is not known from an earlier snapshot; returns the next number. */
static uint64_t number_cell(struct numbers_snapshot *snapshot, size_t index, uint32_t process,
                            struct map *known, uint64_t next)
{
    const struct cell *cell = &snapshot->cells.cells.items[index];
    struct cell_key key = {process,     (int64_t)cell->identity, cell->sort,   cell->size_class,
                           cell->epoch, (int64_t)cell->last,     cell->blocks, cell->bytes};
    uint64_t pieces = cell->pieces;
    bool is_new;
    size_t *number = map_add(known, &key, sizeof key, &is_new);
    if (is_new)
        *number = next;
    snapshot->cell_numbers[index] = (uint32_t)*number;
    snapshot->cell_pieces += pieces;
    snapshot->bytes = store_sum(snapshot->bytes, cell->bytes);
    return is_new ? next + pieces : next;
}

/* 0: allocated before all epochs. */
static size_t epoch_of(const struct cell *cell)
{
    return cell->epoch != CELL_UNKNOWN ? numbers_epoch(cell->epoch) + 1 : 0;
}

static int by_epoch(const void *a, const void *b, void *cells)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    size_t x_epoch = epoch_of((struct cell *)cells + x);
    size_t y_epoch = epoch_of((struct cell *)cells + y);
    if (x_epoch != y_epoch)
        return x_epoch < y_epoch ? -1 : 1;
    return (x > y) - (x < y);
}

/* Indexes of the cells in order of allocation; free() it. */
static uint32_t *order_cells(const struct cell_list *list)
{
    uint32_t *order = memory_zeroed(list->cells.count + 1, sizeof *order);
    for (uint32_t i = 0; i < list->cells.count; i++)
        order[i] = i;
    qsort_r(order, list->cells.count, sizeof *order, by_epoch, list->cells.items);
    return order;
}

static uint64_t number_snapshot(struct numbers_snapshot *snapshot, uint32_t process,
                                struct map *known, uint64_t next)
{
    const struct cell_list *list = &snapshot->cells;
    uint32_t *order = order_cells(list);
    size_t i = 0;
    snapshot->cell_numbers = memory_zeroed(list->cells.count + 1, sizeof(uint32_t));
    snapshot->ends = memory_zeroed(NUMBERS_EPOCHS, sizeof *snapshot->ends);
    for (size_t birth = 0; birth <= NUMBERS_EPOCHS; birth++) {
        while (i < list->cells.count && epoch_of(&list->cells.items[order[i]]) == birth)
            next = number_cell(snapshot, order[i++], process, known, next);
        if (birth == 0) {
            snapshot->first = (uint32_t)next;
            continue;
        }
        if (snapshot->births) {
            uint64_t count = snapshot->births[birth - 1];
            snapshot->births[birth - 1] = next;
            next += count;
        }
        snapshot->ends[birth - 1] = next;
    }
    free(order);
    return next;
}

static void number_all(struct numbers *numbers, const struct set *set, uint64_t next)
{
    struct map known = {0};
    for (size_t i = 0; i < set->count; i++)
        next = number_snapshot(&numbers->snapshots[i], set->snapshots[i].process, &known, next);
    map_done(&known);
}

/* Where a set's numbers begin. */
static uint64_t find_slot(const struct set *set)
{
    const struct store_facts *facts = &set->snapshots[0].store->facts;
    return (uint64_t)(facts->pid % SLOTS + facts->number % SLOTS + SLOTS) % SLOTS * SLOT_SIZE;
}

static void make_cells(struct numbers *numbers, const struct set *set,
                       const struct numbers_options *options)
{
    struct cell_list *lists = memory_zeroed(set->count, sizeof *lists);
    for (size_t i = 0; i < set->count; i++)
        lists[i] = cells_make(&set->snapshots[i], options->by, numbers->snapshots[i].listed);
    cells_split(lists, set);
    for (size_t i = 0; i < set->count; i++) {
        cells_count_pieces(&lists[i], options->each);
        numbers->snapshots[i].cells = lists[i];
    }
    free(lists);
}

/* How many objects all snapshots become; MOST when that are too many, or one of them too large: a
 * small file may say that it holds petabytes, which are cut in pieces of 2 GiB. */
static uint64_t count_pieces(const struct numbers *numbers, uint64_t most_blocks)
{
    uint64_t count = 0;
    for (size_t i = 0; i < numbers->count; i++) {
        const struct cell_list *list = &numbers->snapshots[i].cells;
        uint64_t pieces = numbers->snapshots[i].listed_pieces;
        for (size_t j = 0; j < list->cells.count; j++)
            pieces += list->cells.items[j].pieces;
        count += pieces;
        if (pieces > most_blocks + MOST_PIECES + list->cells.count)
            return MOST;
    }
    return count;
}

bool numbers_make(struct numbers *numbers, const struct set *set,
                  const struct numbers_options *options, struct error *error)
{
    *numbers = (struct numbers){.count = set->count};
    numbers->snapshots = memory_zeroed(set->count, sizeof *numbers->snapshots);
    if (options->blocks && !count_blocks(numbers, set, error)) {
        numbers_done(numbers);
        return false;
    }
    make_cells(numbers, set, options);
    uint64_t most = count_pieces(numbers, options->each ? (uint64_t)options->most_blocks : 0);
    if (most >= MOST) {
        numbers_done(numbers);
        return error_set(error, "export fewer of them at a time",
                         "the snapshots hold more objects than DevTools can number");
    }
    number_all(numbers, set, most < SLOT_SIZE ? find_slot(set) : 0);
    return true;
}

void numbers_done(struct numbers *numbers)
{
    for (size_t i = 0; i < numbers->count; i++) {
        struct numbers_snapshot *snapshot = &numbers->snapshots[i];
        VEC_DONE(&snapshot->cells.cells);
        free(snapshot->cell_numbers);
        free(snapshot->listed);
        free(snapshot->pieces);
        free(snapshot->births);
        free(snapshot->ends);
    }
    free(numbers->snapshots);
    *numbers = (struct numbers){0};
}
