/* histograms.c -- Live blocks of the sites of a page by size and by age.
 *
 * A comparison folds stacks into sites and keeps no histograms; here the stacks of the first and
 * the last snapshot are assigned to their sites once more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/sites.h"

#include <inttypes.h>
#include <stdlib.h>

#define CLASSES 64

struct size_row {
    int64_t blocks[2], bytes[2]; /* first, last */
};

struct age_row {
    int64_t epoch, blocks, bytes;
};

struct histogram {
    struct size_row *sizes; /* CLASSES of them; NULL: none */
    VEC(struct age_row) ages;
};

static void add_sizes(struct histogram *histogram, const struct store *store,
                      const struct store_stack *stack, int side)
{
    if (!histogram->sizes && stack->size_count > 0)
        histogram->sizes = memory_zeroed(CLASSES, sizeof *histogram->sizes);
    for (size_t i = 0; i < stack->size_count; i++) {
        const struct store_size *size = &store->sizes.items[stack->first_size + i];
        if (size->class < 0 || size->class >= CLASSES)
            continue;
        struct size_row *row = &histogram->sizes[size->class];
        row->blocks[side] = store_sum(row->blocks[side], size->live_blocks);
        row->bytes[side] = store_sum(row->bytes[side], size->live_bytes);
    }
}

/* Stacks list their epochs in order, so the row is mostly the last one. */
static void add_ages(struct histogram *histogram, const struct store *store,
                     const struct store_stack *stack)
{
    for (size_t i = 0; i < stack->age_count; i++) {
        const struct store_age *age = &store->ages.items[stack->first_age + i];
        size_t n = 0;
        while (n < histogram->ages.count && histogram->ages.items[n].epoch != age->epoch)
            n++;
        struct age_row fresh = {.epoch = age->epoch};
        if (n == histogram->ages.count)
            VEC_ADD(&histogram->ages, fresh);
        struct age_row *row = &histogram->ages.items[n];
        row->blocks = store_sum(row->blocks, age->live_blocks);
        row->bytes = store_sum(row->bytes, age->live_bytes);
    }
}

static void add_snapshot(const struct comparison *comparison, const int64_t *site_index, size_t n,
                         struct histogram *histograms)
{
    const struct store *store = comparison->stores[n];
    bool is_last = n + 1 == comparison->count;
    for (size_t i = 0; i < store->stacks.count; i++) {
        const struct store_stack *stack = &store->stacks.items[i];
        uint64_t identity = frames_identity(comparison->frames[n], stack);
        const size_t *member =
            map_find(&comparison->table.member_index, &identity, sizeof identity);
        if (!member)
            continue;
        int64_t site = site_index[comparison->table.members.items[*member].site];
        if (site < 0)
            continue;
        add_sizes(&histograms[site], store, stack, is_last ? 1 : 0);
        if (is_last)
            add_ages(&histograms[site], store, stack);
    }
}

static int by_epoch(const void *a, const void *b)
{
    const struct age_row *x = a, *y = b;
    return x->epoch < y->epoch ? -1 : x->epoch > y->epoch;
}

static void write_sizes(const struct histogram *histogram, struct text *out)
{
    const char *comma = "";
    text_add(out, "[");
    for (int class = 0; class < CLASSES && histogram->sizes; class ++) {
        const struct size_row *row = &histogram->sizes[class];
        if (row->blocks[0] == 0 && row->blocks[1] == 0)
            continue;
        text_format(out, "%s%d,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64, comma, class,
                    row->blocks[0], row->bytes[0], row->blocks[1], row->bytes[1]);
        comma = ",";
    }
    text_add(out, "]");
}

static void write_ages(struct histogram *histogram, struct text *out)
{
    if (histogram->ages.count > 0)
        qsort(histogram->ages.items, histogram->ages.count, sizeof *histogram->ages.items,
              by_epoch);
    text_add(out, "[");
    for (size_t i = 0; i < histogram->ages.count; i++) {
        const struct age_row *row = &histogram->ages.items[i];
        text_format(out, "%s%" PRId64 ",%" PRId64 ",%" PRId64, i ? "," : "", row->epoch,
                    row->blocks, row->bytes);
    }
    text_add(out, "]");
}

void sites_write_histograms(const struct comparison *comparison, const int64_t *site_index,
                            size_t count, struct text *out)
{
    struct histogram *histograms = memory_zeroed(count, sizeof *histograms);
    add_snapshot(comparison, site_index, comparison->count - 1, histograms);
    if (comparison->count > 1)
        add_snapshot(comparison, site_index, 0, histograms);
    text_add(out, "\"sizes\":[");
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? "," : "");
        write_sizes(&histograms[i], out);
    }
    text_add(out, "],\"ages\":[");
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? "," : "");
        write_ages(&histograms[i], out);
        free(histograms[i].sizes);
        VEC_DONE(&histograms[i].ages);
    }
    text_add(out, "]");
    free(histograms);
}
