/* test_creations.c -- Who created which thread: the last creation at an address counts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/creations.h"

#include "base/memory.h"
#include "tables/epoch.h"
#include "test.h"

static struct creation *copy; /* of the table, as creations_copy gave it */
static size_t count;

static void take_copy(void)
{
    memory_free(copy);
    count = creations_copy(&copy);
}

static int empty_the_table(void **state)
{
    (void)state;
    creations_forget();
    take_copy();
    return (int)count;
}

static void an_empty_table_has_nothing_to_copy_or_forget(void **state)
{
    creations_note(0x1000, 0);
    take_copy();
    assert_int_equal(count, 0);
}

static void creations_come_by_rising_address(void **state)
{
    atomic_store(&epoch_current, 3);
    creations_note(0x3000, 30);
    creations_note(0x1000, 10);
    creations_note(0x2000, 20);
    take_copy();
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(copy[i].thread, 0x1000 * (i + 1));
        assert_int_equal(copy[i].stack, 10 * (i + 1));
        assert_int_equal(copy[i].epoch, 3);
    }
}

static void the_last_birth_at_an_address_counts(void **state)
{
    creations_note(0x1000, 10);
    creations_note(0x2000, 20);
    atomic_store(&epoch_current, 4);
    creations_note(0x1000, 11);
    take_copy();
    assert_int_equal(count, 2);
    assert_int_equal(copy[0].stack, 11);
    assert_int_equal(copy[0].epoch, 4);
    creations_note(0x1000, 0);
    take_copy();
    assert_int_equal(count, 1);
    assert_int_equal(copy[0].thread, 0x2000);
}

static void the_table_grows_up_to_a_limit(void **state)
{
    for (uintptr_t i = 0; i < 70000; i++)
        creations_note((i * 7919 % 70001 + 1) << 12, (uint32_t)i + 1);
    take_copy();
    assert_int_equal(count, 65536);
    for (size_t i = 1; i < count; i++)
        assert_true(copy[i - 1].thread < copy[i].thread);
    creations_note(copy[count - 1].thread, 9); /* known ones are still noted */
    take_copy();
    assert_int_equal(copy[count - 1].stack, 9);
}

TEST_MAIN(cmocka_unit_test_setup(an_empty_table_has_nothing_to_copy_or_forget, empty_the_table),
          cmocka_unit_test_setup(creations_come_by_rising_address, empty_the_table),
          cmocka_unit_test_setup(the_last_birth_at_an_address_counts, empty_the_table),
          cmocka_unit_test_setup(the_table_grows_up_to_a_limit, empty_the_table))
