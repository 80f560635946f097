/* test_ids.c -- Ids of rows become indexes, whatever the ids are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/ids.h"
#include "test.h"

static void every_id_finds_its_index(void **state)
{
    struct ids ids = {0};
    const int64_t odd[] = {INT64_MIN, -1, INT64_MAX, 1 << 30};
    uint32_t index;
    for (uint32_t i = 0; i < 5000; i++)
        ids_add(&ids, i + 1, i);
    for (uint32_t i = 0; i < 4; i++)
        ids_add(&ids, odd[i], 5000 + i);
    for (uint32_t i = 0; i < 5000; i++) {
        assert_true(ids_find(&ids, i + 1, &index));
        assert_int_equal(index, i);
    }
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(ids_find(&ids, odd[i], &index));
        assert_int_equal(index, 5000 + i);
    }
    assert_false(ids_find(&ids, 0, &index));
    assert_false(ids_find(&ids, 5001, &index));
    assert_false(ids_find(&ids, 1 << 29, &index));
    ids_done(&ids);
}

/* Memory follows the number of rows, not the largest id. */
static void sparse_ids_cost_no_more(void **state)
{
    struct ids ids = {0};
    uint32_t index;
    for (uint32_t i = 0; i < 100; i++)
        ids_add(&ids, (int64_t)i << 40, i);
    assert_true(ids.capacity <= 16384);
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(ids_find(&ids, (int64_t)i << 40, &index));
        assert_int_equal(index, i);
    }
    ids_done(&ids);
}

TEST_MAIN(cmocka_unit_test(every_id_finds_its_index), cmocka_unit_test(sparse_ids_cost_no_more))
