/* test_epoch.c -- Snapshots raise the birth epoch until there is no room for a higher one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/epoch.h"

#include "test.h"

static void closing_an_epoch_opens_the_next(void **state)
{
    uint32_t first = epoch_now();
    assert_int_equal(epoch_close(), first);
    assert_int_equal(epoch_now(), first + 1);
}

static void the_last_epoch_stays_open(void **state)
{
    atomic_store(&epoch_current, BLOCKS_EPOCH_MAX - 1);
    assert_int_equal(epoch_close(), BLOCKS_EPOCH_MAX - 1);
    assert_int_equal(epoch_close(), BLOCKS_EPOCH_MAX);
    assert_int_equal(epoch_close(), BLOCKS_EPOCH_MAX);
    assert_int_equal(epoch_now(), BLOCKS_EPOCH_MAX);
}

TEST_MAIN(cmocka_unit_test(closing_an_epoch_opens_the_next),
          cmocka_unit_test(the_last_epoch_stays_open))
