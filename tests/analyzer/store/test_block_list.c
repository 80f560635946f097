/* test_block_list.c -- The single blocks of a snapshot, one by one and in order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"
#include "fixture.h"
#include "store/block_list.h"
#include "test.h"

#include <string.h>

#define STACKS                                                                                     \
    "INSERT INTO stack VALUES (4, NULL, 'malloc', 3, 60, 0, 5, 500, 1, 0),"                        \
    " (9, NULL, 'pool', 2, 50, 0, 2, 50, 1, 0);"
#define BLOCKS                                                                                     \
    "INSERT INTO block VALUES (4096, 10, 4, 0), (8192, 20, 4, 1), (-16, 30, 4, 2);"                \
    "INSERT INTO pool_block VALUES (9000, 5, 9, 1), (4096, 45, 9, 2);"

static struct store *open_store(const char *sql)
{
    struct error error = {0};
    struct store *store = store_open(fixture_snapshot("blocks.db", 1, 0, sql), &error);
    if (!store)
        fail_msg("%s", error.message);
    return store;
}

static void blocks_come_by_address_with_the_index_of_their_stack(void **state)
{
    struct error error = {0};
    struct text text = {0};
    struct block block;
    struct store *store = open_store(STACKS BLOCKS);
    assert_int_equal(block_list_count(store, &error), 5);
    struct block_list *blocks = block_list_open(store, &error);
    assert_non_null(blocks);
    while (block_list_next(blocks, &block, &error)) {
        text_format(&text, "%llx:%lld of %u in %lld", (unsigned long long)block.address,
                    (long long)block.size, block.stack, (long long)block.epoch);
        text_add(&text, "; ");
    }
    assert_int_equal(error.code, EXIT_DONE);
    assert_string_equal(text.bytes, "fffffffffffffff0:30 of 0 in 2; 1000:10 of 0 in 0; "
                                    "1000:45 of 1 in 2; 2000:20 of 0 in 1; 2328:5 of 1 in 1; ");
    text_done(&text);
    block_list_close(blocks);
    store_close(store);
}

static void a_snapshot_without_blocks_has_none(void **state)
{
    struct error error = {0};
    struct block block;
    struct store *store = open_store(STACKS);
    assert_int_equal(block_list_count(store, &error), 0);
    struct block_list *blocks = block_list_open(store, &error);
    assert_non_null(blocks);
    assert_false(block_list_next(blocks, &block, &error));
    assert_int_equal(error.code, EXIT_DONE);
    block_list_close(blocks);
    store_close(store);
}

static void a_block_without_its_stack_is_refused(void **state)
{
    struct error error = {0};
    struct block block;
    struct store *store = open_store(STACKS "INSERT INTO block VALUES (1, 1, 5, 0);");
    struct block_list *blocks = block_list_open(store, &error);
    assert_false(block_list_next(blocks, &block, &error));
    assert_int_equal(error.code, EXIT_UNUSABLE);
    assert_non_null(strstr(error.message, "stack that is not there"));
    block_list_close(blocks);
    store_close(store);
}

TEST_MAIN(cmocka_unit_test(blocks_come_by_address_with_the_index_of_their_stack),
          cmocka_unit_test(a_snapshot_without_blocks_has_none),
          cmocka_unit_test(a_block_without_its_stack_is_refused))
