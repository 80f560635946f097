/* test_blocks.c -- What goes into the live-block table comes out of it, whoever else is there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/blocks.h"

#include <stdio.h>
#include <string.h>

#include "random.h"
#include "test.h"

#define GIB       ((uint64_t)1 << 30)
#define LEAF_SIZE ((9 << 20) + 4096) /* of the table, for 64 MiB of address space */

/* The table never looks behind an address, so tests make them up; each has a leaf of its own. */
#define AREA(n) (((uintptr_t)0x100 + (n)) << 26)

static void assert_removed(const struct block *expected)
{
    struct block was = {0};
    assert_true(blocks_remove(expected->address, &was));
    assert_int_equal(was.address, expected->address);
    assert_int_equal(was.size, expected->size);
    assert_int_equal(was.stack, expected->stack);
    assert_int_equal(was.epoch, expected->epoch);
}

static void a_block_comes_out_once(void **state)
{
    struct block block = {AREA(0) + 4096, 100, 7, 3}, was;
    assert_false(blocks_remove(block.address, &was));
    assert_true(blocks_insert(&block));
    assert_removed(&block);
    assert_false(blocks_remove(block.address, &was));
}

static void numbers_up_to_their_limits_are_kept(void **state)
{
    struct block block = {AREA(0) + 8, 1, BLOCKS_STACK_MAX, BLOCKS_EPOCH_MAX};
    assert_true(blocks_insert(&block));
    assert_removed(&block);
    block.stack = 1;
    block.epoch = 0;
    assert_true(blocks_insert(&block));
    assert_removed(&block);
}

static void every_size_below_4_tib_is_exact(void **state)
{
    const uint64_t sizes[] = {0,        1,       (1u << 24) - 2, (1u << 24) - 1,
                              1u << 24, 5 * GIB, 4096 * GIB - 1, 8};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct block block = {AREA(1) + i * 8192, sizes[i], 9, 1};
        assert_true(blocks_insert(&block));
    }
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_removed(&(struct block){AREA(1) + i * 8192, sizes[i], 9, 1});
}

static void a_block_that_does_not_fit_in_is_refused_and_leaves_nothing(void **state)
{
    struct block block = {AREA(2), 4096 * GIB, 9, 1}, was;
    assert_false(blocks_insert(&block));
    assert_false(blocks_remove(block.address, &was));
}

static void addresses_reach_to_the_end_of_user_space(void **state)
{
    struct block low = {8, 5, 1, 0}, high = {((uintptr_t)1 << 47) - 8, 6, 2, 0}, was;
    struct block beyond = {(uintptr_t)1 << 47, 7, 3, 0}, kernel = {UINTPTR_MAX - 7, 8, 4, 0};
    assert_true(blocks_insert(&low) && blocks_insert(&high));
    assert_false(blocks_insert(&beyond) || blocks_insert(&kernel));
    assert_false(blocks_remove(beyond.address, &was) || blocks_remove(kernel.address, &was));
    assert_removed(&low);
    assert_removed(&high);
}

/* What blocks_each has shown of one range of addresses. */
struct seen {
    uintptr_t start, end;
    size_t count, bytes;
    uintptr_t last_line;
    bool falling;
};

static void see(const struct block *block, void *context)
{
    struct seen *seen = context;
    if (block->address < seen->start || block->address >= seen->end)
        return;
    seen->count++;
    seen->bytes += block->size;
    seen->falling |= block->address >> 9 < seen->last_line;
    seen->last_line = block->address >> 9;
}

static void sixty_four_blocks_fit_into_one_line(void **state)
{
    uintptr_t base = AREA(3) + 512;
    struct seen seen = {.start = AREA(3), .end = AREA(4)};
    for (uint32_t i = 0; i < 64; i++)
        assert_true(blocks_insert(&(struct block){base + 8 * i, i, i + 1, i % 5}));
    blocks_each(see, &seen);
    assert_int_equal(seen.count, 64);
    assert_int_equal(seen.bytes, 63 * 64 / 2);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t at = i * 37 % 64; /* in another order */
        assert_removed(&(struct block){base + 8 * at, at, at + 1, at % 5});
    }
    seen.count = 0;
    blocks_each(see, &seen);
    assert_int_equal(seen.count, 0);
}

static void blocks_are_visited_line_by_line(void **state)
{
    struct seen seen = {.start = AREA(5), .end = AREA(6)};
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(blocks_insert(&(struct block){AREA(5) + i * 7 % 1000 * 4096, 1, 1, 0}));
    blocks_each(see, &seen);
    assert_int_equal(seen.count, 1000);
    assert_false(seen.falling);
    for (uint32_t i = 0; i < 1000; i++)
        assert_removed(&(struct block){AREA(5) + i * 4096, 1, 1, 0});
}

static void the_visit_shows_big_blocks_with_their_size(void **state)
{
    struct seen seen = {.start = AREA(7), .end = AREA(8)};
    struct block block = {AREA(7) + 64, 3 * GIB, 5, 1};
    assert_true(blocks_insert(&block));
    blocks_each(see, &seen);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.bytes, 3 * GIB);
    assert_removed(&block);
}

/* ---- a model: an array of what should be there --------------------------------------------------
 */

#define SMALL 4096 /* slots of 8 bytes, side by side */
#define BIG   64   /* slots of blocks above 16 MiB, whose next line is theirs too */

static struct block model[SMALL + BIG]; /* stack 0: not there */

static uintptr_t slot_address(unsigned slot)
{
    return slot < SMALL ? AREA(10) + slot * 8 : AREA(11) + (slot - SMALL) * 8192;
}

static uint64_t slot_size(unsigned slot, uint64_t *random)
{
    return slot < SMALL ? random_below(random, 1u << 20)
                        : (1u << 24) - 1 + random_below(random, GIB);
}

static void compare_with_model(const struct block *block, void *context)
{
    size_t *count = context;
    if (block->address >= AREA(10) && block->address < AREA(12)) {
        unsigned slot = block->address < AREA(11)
                            ? (unsigned)(block->address - AREA(10)) / 8
                            : SMALL + (unsigned)(block->address - AREA(11)) / 8192;
        assert_true(slot < SMALL + BIG);
        assert_memory_equal(block, &model[slot], sizeof *block);
        ++*count;
    }
}

static void the_table_does_what_an_array_does(void **state)
{
    uint64_t random = 1;
    size_t live = 0, seen = 0;
    memset(model, 0, sizeof model);
    for (unsigned i = 0; i < 200000; i++) {
        unsigned slot = (unsigned)random_below(&random, SMALL + BIG);
        if (model[slot].stack) {
            assert_removed(&model[slot]);
            model[slot] = (struct block){0};
            live--;
            continue;
        }
        memset(&model[slot], 0, sizeof *model);
        model[slot].address = slot_address(slot);
        model[slot].size = slot_size(slot, &random);
        model[slot].stack = 1 + (uint32_t)random_below(&random, BLOCKS_STACK_MAX);
        model[slot].epoch = (uint32_t)random_below(&random, BLOCKS_EPOCH_MAX + 1);
        assert_true(blocks_insert(&model[slot]));
        live++;
    }
    blocks_each(compare_with_model, &seen);
    assert_int_equal(seen, live);
}

static size_t resident_pages(void)
{
    unsigned long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &all, &resident), 2);
    fclose(file);
    return resident;
}

/* The thread sanitizer keeps up to four pages of its own for each. */
#ifdef __SANITIZE_THREAD__
#define PAGES 5
#else
#define PAGES 1
#endif

/* One page each would be 78 MiB. */
static void blocks_far_from_each_other_share_pages(void **state)
{
    enum { COUNT = 20000, STRIDE = 20496 };
    size_t before = resident_pages();
    for (uint32_t i = 0; i < COUNT; i++)
        assert_true(blocks_insert(&(struct block){AREA(50) + i * STRIDE, 20480, 1 + i % 9, 0}));
    assert_true(resident_pages() - before < COUNT / 8 * PAGES);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_removed(&(struct block){AREA(50) + i * STRIDE, 20480, 1 + i % 9, 0});
}

/* A free of what was allocated before recording began. */
static void asking_for_what_is_not_there_costs_no_memory(void **state)
{
    struct block block = {AREA(60), 1, 1, 0}, was;
    assert_true(blocks_insert(&block));
    size_t before = resident_pages();
    for (uintptr_t address = AREA(60) + 32768; address < AREA(61); address += 4096)
        assert_false(blocks_remove(address, &was));
    assert_true(resident_pages() - before < 64);
    assert_removed(&block);
}

/* Sizes on both sides of the border between the two shadows, in one range of addresses. */
static void small_and_large_blocks_are_visited_in_order(void **state)
{
    struct seen seen = {.start = AREA(70), .end = AREA(71)};
    uint64_t random = 7;
    uintptr_t address = AREA(70);
    static struct block blocks[5000];
    size_t bytes = 0;
    for (size_t i = 0; i < 5000; i++) {
        size_t size = random_below(&random, 2) ? random_below(&random, 1300) : 16;
        blocks[i] = (struct block){address, size, 1, 0};
        assert_true(blocks_insert(&blocks[i]));
        address += (size + 8 + 15) / 16 * 16;
        bytes += size;
    }
    blocks_each(see, &seen);
    assert_int_equal(seen.count, 5000);
    assert_int_equal(seen.bytes, bytes);
    assert_false(seen.falling);
    for (size_t i = 0; i < 5000; i++)
        assert_removed(&blocks[i]);
}

static void the_table_says_what_it_has_reserved(void **state)
{
    size_t before = blocks_reserved();
    struct block block = {AREA(40), 1, 1, 0};
    assert_true(blocks_insert(&block));
    assert_int_equal(blocks_reserved() - before, LEAF_SIZE);
    assert_removed(&block);
    assert_true(blocks_insert(&block));
    assert_int_equal(blocks_reserved() - before, LEAF_SIZE);
    assert_removed(&block);
}

TEST_MAIN(cmocka_unit_test(a_block_comes_out_once),
          cmocka_unit_test(numbers_up_to_their_limits_are_kept),
          cmocka_unit_test(every_size_below_4_tib_is_exact),
          cmocka_unit_test(a_block_that_does_not_fit_in_is_refused_and_leaves_nothing),
          cmocka_unit_test(addresses_reach_to_the_end_of_user_space),
          cmocka_unit_test(sixty_four_blocks_fit_into_one_line),
          cmocka_unit_test(blocks_are_visited_line_by_line),
          cmocka_unit_test(the_visit_shows_big_blocks_with_their_size),
          cmocka_unit_test(the_table_does_what_an_array_does),
          cmocka_unit_test(blocks_far_from_each_other_share_pages),
          cmocka_unit_test(asking_for_what_is_not_there_costs_no_memory),
          cmocka_unit_test(small_and_large_blocks_are_visited_in_order),
          cmocka_unit_test(the_table_says_what_it_has_reserved))
