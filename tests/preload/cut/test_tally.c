/* test_tally.c -- What is added up under a key stays under it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/tally.h"

#include "random.h"
#include "test.h"

static void an_empty_tally_has_no_rows(void **state)
{
    struct tally tally = {0};
    assert_int_equal(tally_sort(&tally), 0);
    tally_done(&tally);
}

static void one_key_is_one_row(void **state)
{
    struct tally tally = {0};
    assert_true(tally_add(&tally, 0, 1, 10));
    assert_true(tally_add(&tally, UINT64_MAX - 1, 1, 5));
    assert_true(tally_add(&tally, 0, 2.5, 30));
    assert_int_equal(tally_sort(&tally), 2);
    assert_int_equal(tally.rows[0].key, 0);
    assert_true(tally.rows[0].blocks == 3.5 && tally.rows[0].bytes == 40);
    assert_true(tally.rows[1].key == UINT64_MAX - 1 && tally.rows[1].bytes == 5);
    tally_done(&tally);
}

#define KEYS 5000u

/* Keys as snapshots use them: many with the same low bits. */
static uint64_t key_at(unsigned index)
{
    return (uint64_t)index << 12;
}

static void the_tally_does_what_arrays_do_and_sorts_by_key(void **state)
{
    static double blocks[KEYS], bytes[KEYS];
    struct tally tally = {0};
    uint64_t random = 5;
    size_t used = 0, row = 0;
    for (unsigned i = 0; i < 30000; i++) {
        unsigned index = (unsigned)random_below(&random, KEYS);
        double size = (double)random_below(&random, 1000);
        used += blocks[index] == 0;
        blocks[index] += 1;
        bytes[index] += size;
        assert_true(tally_add(&tally, key_at(index), 1, size));
    }
    assert_int_equal(tally_sort(&tally), used);
    for (unsigned i = 0; i < KEYS; i++) {
        if (blocks[i] == 0)
            continue;
        assert_int_equal(tally.rows[row].key, key_at(i));
        assert_true(tally.rows[row].blocks == blocks[i] && tally.rows[row].bytes == bytes[i]);
        row++;
    }
    assert_int_equal(row, used);
    tally_done(&tally);
}

static void room_that_was_expected_does_for_as_many_keys(void **state)
{
    struct tally tally = {0};
    assert_true(tally_add(&tally, key_at(3), 1, 7));
    assert_true(tally_expect(&tally, KEYS));
    const struct tally_row *rows = tally.rows;
    for (unsigned i = 0; i < KEYS; i++)
        assert_true(tally_add(&tally, key_at(i), 1, i));
    assert_ptr_equal(tally.rows, rows);
    assert_true(tally_expect(&tally, 1)); /* less is there already */
    assert_ptr_equal(tally.rows, rows);
    assert_int_equal(tally_sort(&tally), KEYS);
    assert_true(tally.rows[3].blocks == 2 && tally.rows[3].bytes == 10);
    tally_done(&tally);
}

TEST_MAIN(cmocka_unit_test(an_empty_tally_has_no_rows), cmocka_unit_test(one_key_is_one_row),
          cmocka_unit_test(the_tally_does_what_arrays_do_and_sorts_by_key),
          cmocka_unit_test(room_that_was_expected_does_for_as_many_keys))
