/* test_layout.c -- Listed blocks in the order of the file, however small the window.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "export/layout.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

/* Two stacks whose blocks lie in turns; the second snapshot has some of them and others. */
static const char *const frames =
    "INSERT INTO location VALUES (1, 1, NULL, NULL, 'main'), (2, 2, NULL, NULL, 'f'),"
    " (3, 3, NULL, NULL, 'g');"
    "INSERT INTO node VALUES (1, NULL, 1), (2, 1, 2), (3, 1, 3);"
    "INSERT INTO stack VALUES (5, 3, 'malloc', 20, 2000, 0, 20, 2000, 1, 0),"
    " (7, 2, 'malloc', 20, 2000, 0, 20, 2000, 1, 0);";

#define BLOCKS(first, epoch)                                                                       \
    "WITH RECURSIVE n (i) AS (SELECT " first " UNION ALL SELECT i + 1 FROM n WHERE i < 39)"        \
    " INSERT INTO block SELECT 4096 + 16 * i, 100, 5 + 2 * (i % 2), " epoch " FROM n;"

struct seen {
    VEC(uint64_t) rows; /* stack, number and size of each block */
};

static void see(void *context, uint32_t stack, uint32_t number, uint32_t size)
{
    struct seen *seen = context;
    VEC_ADD(&seen->rows, stack);
    VEC_ADD(&seen->rows, number);
    VEC_ADD(&seen->rows, size);
}

static struct seen read_blocks(const struct set *set, const struct numbers *numbers, size_t index,
                               uint64_t window)
{
    struct seen seen = {0};
    struct error error = {0};
    struct layout layout;
    uint64_t usual = layout_window;
    layout_window = window;
    layout_make(&layout, set, numbers, index);
    assert_true(layout_blocks(&layout, see, &seen, &error));
    layout_done(&layout);
    layout_window = usual;
    return seen;
}

static struct set *open_set(struct rules *rules, struct numbers *numbers)
{
    struct error error = {0};
    char sql[2][2048];
    snprintf(sql[0], sizeof sql[0], "%s%s", frames, BLOCKS("0", "1"));
    snprintf(sql[1], sizeof sql[1], "%s%s", frames, BLOCKS("0", "1 + (i % 3 = 0)"));
    const char *paths[] = {fixture_snapshot("a.db", 1, 100000, sql[0]),
                           fixture_snapshot("b.db", 2, 100000, sql[1])};
    struct set_options options = {.rules = rules};
    struct numbers_options how = {.blocks = true, .each = true, .most_blocks = 1000000};
    struct set *set = set_open(paths, 2, &options, &error);
    assert_non_null(set);
    assert_true(numbers_make(numbers, set, &how, &error));
    return set;
}

static void blocks_come_by_leaf_with_numbers_that_both_snapshots_share(void **state)
{
    struct error error = {0};
    struct rules *rules = rules_new(NULL, &error);
    struct numbers numbers;
    struct set *set = open_set(rules, &numbers);
    struct seen a = read_blocks(set, &numbers, 0, 1000), b = read_blocks(set, &numbers, 1, 1000);
    size_t shared = 0, changes = 0;
    assert_int_equal(a.rows.count, 40 * 3);
    assert_int_equal(b.rows.count, 40 * 3);
    for (size_t i = 0; i < 40; i++) {
        changes += i > 0 && a.rows.items[3 * i] != a.rows.items[3 * i - 3];
        shared += a.rows.items[3 * i + 1] == b.rows.items[3 * i + 1];
        assert_int_equal(a.rows.items[3 * i + 2], 100);
    }
    assert_int_equal(changes, 1); /* all of one stack, then all of the other */
    assert_int_equal(shared, 26); /* 14 of 0 … 39 are born again in epoch 2 */
    VEC_DONE(&a.rows);
    VEC_DONE(&b.rows);
    numbers_done(&numbers);
    set_close(set);
    rules_free(rules);
}

static void a_small_window_changes_nothing(void **state)
{
    struct error error = {0};
    struct rules *rules = rules_new(NULL, &error);
    struct numbers numbers;
    struct set *set = open_set(rules, &numbers);
    for (size_t index = 0; index < 2; index++) {
        struct seen whole = read_blocks(set, &numbers, index, 1000);
        for (uint64_t window = 1; window < 41; window += 3) {
            struct seen parts = read_blocks(set, &numbers, index, window);
            assert_int_equal(parts.rows.count, whole.rows.count);
            assert_memory_equal(parts.rows.items, whole.rows.items,
                                whole.rows.count * sizeof *whole.rows.items);
            VEC_DONE(&parts.rows);
        }
        VEC_DONE(&whole.rows);
    }
    numbers_done(&numbers);
    set_close(set);
    rules_free(rules);
}

TEST_MAIN(cmocka_unit_test(blocks_come_by_leaf_with_numbers_that_both_snapshots_share),
          cmocka_unit_test(a_small_window_changes_nothing))
