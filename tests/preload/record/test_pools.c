/* test_pools.c -- Blocks of custom pools are kept apart by pool and address.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/pools.h"

#include <stdio.h>
#include <string.h>

#include "options.h"
#include "random.h"
#include "record/record.h"
#include "record/thread.h"
#include "tables/epoch.h"
#include "tables/stacks.h"
#include "test.h"
#include "unwind/unwind.h"

static int begin(void **state)
{
    (void)state;
    options.depth = 8;
    thread_init(options.depth);
    unwind_init();
    record_start();
    return 0;
}

static void alloc(const char *pool, uintptr_t address, size_t size)
{
    pools_alloc(pool, (const void *)address, size, RECORD_HERE());
}

static void give_back(const char *pool, uintptr_t address)
{
    pools_free(pool, (const void *)address);
}

struct seen {
    size_t count, bytes;
    struct block last;
};

static void see(const struct block *block, void *context)
{
    struct seen *seen = context;
    seen->count++;
    seen->bytes += block->size;
    seen->last = *block;
}

static struct seen look(void)
{
    struct seen seen = {0};
    pools_each(see, &seen);
    return seen;
}

static void a_block_has_its_pools_name_for_a_frame(void **state)
{
    atomic_store(&epoch_current, 5);
    alloc("requests", 0x1000, 300);
    struct seen seen = look();
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.last.address, 0x1000);
    assert_int_equal(seen.last.size, 300);
    assert_int_equal(seen.last.epoch, 5);
    const struct stack *stack = stacks_get(seen.last.stack);
    assert_non_null(stack);
    assert_int_equal(stack->kind, KIND_POOL);
    assert_string_equal(stack->pool, "requests");
    give_back("requests", 0x1000);
    assert_int_equal(look().count, 0);
}

static void equal_addresses_of_two_pools_are_two_blocks(void **state)
{
    alloc("one", 0x2000, 10);
    alloc("two", 0x2000, 20);
    assert_int_equal(look().count, 2);
    give_back("one", 0x2000);
    assert_int_equal(look().bytes, 20);
    give_back("two", 0x2000);
    assert_int_equal(look().count, 0);
}

static void pools_are_equal_by_their_text(void **state)
{
    char name[] = "sessions";
    alloc("sessions", 0x3000, 10);
    give_back(name, 0x3000);
    assert_int_equal(look().count, 0);
}

static void an_address_handed_out_again_is_one_block(void **state)
{
    alloc("arena", 0x4000, 10);
    alloc("arena", 0x4000, 70);
    assert_int_equal(look().count, 1);
    assert_int_equal(look().bytes, 70);
    give_back("arena", 0x4000);
    assert_int_equal(look().count, 0);
}

static void unknown_blocks_and_pools_without_a_name_do_no_harm(void **state)
{
    give_back("nobody", 0x5000);
    give_back(NULL, 0x5000);
    alloc(NULL, 0x5000, 1);
    assert_string_equal(stacks_get(look().last.stack)->pool, "pool");
    give_back(NULL, 0x5000);
    assert_int_equal(look().count, 0);
}

static void while_paused_new_blocks_are_not_kept_and_frees_are(void **state)
{
    alloc("pausing", 0x6000, 10);
    record_pause(1);
    alloc("pausing", 0x7000, 20);
    give_back("pausing", 0x6000);
    record_pause(-1);
    assert_int_equal(look().count, 0);
}

/* ---- a model: an array of sizes per pool
 * ------------------------------------------------------------ */

#define POOLS     3
#define ADDRESSES 1000

static size_t model[POOLS][ADDRESSES]; /* 0: not there */
static const char *const pool_names[POOLS] = {"red", "green", "blue"};

static uintptr_t address_at(unsigned index)
{
    return 0x100000 + index * 64;
}

static void compare_with_model(const struct block *block, void *context)
{
    const struct stack *stack = stacks_get(block->stack);
    unsigned pool = 0, index = (unsigned)(block->address - 0x100000) / 64;
    while (strcmp(pool_names[pool], stack->pool) != 0)
        assert_true(++pool < POOLS);
    assert_true(index < ADDRESSES);
    assert_int_equal(block->size, model[pool][index]);
    ++*(size_t *)context;
}

static void the_table_does_what_arrays_do(void **state)
{
    uint64_t random = 11;
    size_t live = 0, seen = 0;
    for (unsigned i = 0; i < 50000; i++) {
        unsigned pool = (unsigned)random_below(&random, POOLS);
        unsigned index = (unsigned)random_below(&random, ADDRESSES);
        size_t *size = &model[pool][index];
        live -= *size != 0;
        if (*size) {
            give_back(pool_names[pool], address_at(index));
            *size = 0;
        } else {
            *size = 1 + random_below(&random, 5000);
            alloc(pool_names[pool], address_at(index), *size);
        }
        live += *size != 0;
    }
    pools_each(compare_with_model, &seen);
    assert_int_equal(seen, live);
}

/* Whether a block's pool is called as its address says, by name or as one of the others. */
static void check_name(const struct block *block, void *context)
{
    unsigned *named = context, index = (unsigned)(block->address - 0x900000) / 16;
    char name[16];
    snprintf(name, sizeof name, "pool %u", index);
    const char *pool = stacks_get(block->stack)->pool;
    if (block->address < 0x900000)
        return;
    if (strcmp(pool, name) == 0)
        ++*named;
    else
        assert_string_equal(pool, POOLS_OTHER);
}

static void more_pools_than_names_lose_no_block_and_none_has_anothers_name(void **state)
{
    enum { MORE = POOLS_NAMES + 200 };
    size_t before = look().count;
    unsigned named = 0;
    char name[16];
    for (unsigned i = 0; i < MORE; i++) {
        snprintf(name, sizeof name, "pool %u", i);
        alloc(name, 0x900000 + i * 16, 1);
    }
    assert_int_equal(look().count, before + MORE);
    pools_each(check_name, &named);
    assert_in_range(named, POOLS_NAMES - 20, POOLS_NAMES); /* earlier tests have some */
    assert_int_equal(pools_unnamed(), MORE - named);
    for (unsigned i = 0; i < MORE; i++) {
        snprintf(name, sizeof name, "pool %u", i);
        give_back(name, 0x900000 + i * 16);
    }
    assert_int_equal(look().count, before);
}

static void a_free_of_an_unknown_pool_makes_no_name(void **state)
{
    uint64_t before = pools_unnamed();
    give_back("never heard of", 0x5000);
    assert_int_equal(pools_unnamed(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_has_its_pools_name_for_a_frame),
        cmocka_unit_test(equal_addresses_of_two_pools_are_two_blocks),
        cmocka_unit_test(pools_are_equal_by_their_text),
        cmocka_unit_test(an_address_handed_out_again_is_one_block),
        cmocka_unit_test(unknown_blocks_and_pools_without_a_name_do_no_harm),
        cmocka_unit_test(while_paused_new_blocks_are_not_kept_and_frees_are),
        cmocka_unit_test(the_table_does_what_arrays_do),
        cmocka_unit_test(more_pools_than_names_lose_no_block_and_none_has_anothers_name),
        cmocka_unit_test(a_free_of_an_unknown_pool_makes_no_name)};
    return cmocka_run_group_tests(tests, begin, NULL);
}
