/* test_maps.c -- The program's mappings, cut and split as the kernel does it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/maps.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "random.h"
#include "tables/epoch.h"
#include "test.h"

#define PAGE ((uintptr_t)4096)
#define BASE ((uintptr_t)0x7000000000)

static struct map *copy; /* of the table, as maps_copy gave it */
static size_t count;

static void take_copy(void)
{
    memory_free(copy);
    count = maps_copy(&copy);
}

static int empty_the_table(void **state)
{
    (void)state;
    maps_remove(BASE, 1024 * PAGE);
    take_copy();
    return (int)count;
}

static void add_pages(unsigned first, unsigned pages, uint32_t stack)
{
    maps_add(BASE + first * PAGE, pages * PAGE, stack, KIND_MMAP, false, 0);
}

/* The mapping at index in the copy has these pages and this stack. */
static void assert_map(size_t index, unsigned first, unsigned pages, uint32_t stack)
{
    assert_true(index < count);
    assert_int_equal(copy[index].start, BASE + first * PAGE);
    assert_int_equal(copy[index].end, BASE + (first + pages) * PAGE);
    assert_int_equal(copy[index].stack, stack);
}

static void an_empty_table_has_nothing_to_copy_or_remove(void **state)
{
    maps_remove(BASE, PAGE);
    maps_remove_from(BASE);
    take_copy();
    assert_int_equal(count, 0);
    assert_null(copy);
}

static void a_mapping_is_kept_with_all_that_was_said(void **state)
{
    atomic_store(&epoch_current, 17);
    maps_add(BASE, 5000, 42, KIND_SHM, true, 0);
    take_copy();
    assert_int_equal(count, 1);
    assert_map(0, 0, 2, 42);
    assert_int_equal(copy[0].epoch, 17);
    assert_int_equal(copy[0].kind, KIND_SHM);
    assert_true(copy[0].reserved);
    assert_false(copy[0].by_allocator);
}

static void the_break_moves_by_bytes_not_pages(void **state)
{
    maps_add(BASE, 100, 1, KIND_BRK, false, 0);
    maps_add(BASE + 100, 50, 2, KIND_BRK, false, 0);
    take_copy();
    assert_int_equal(count, 2);
    assert_int_equal(copy[0].end, BASE + 100);
    assert_int_equal(copy[1].start, BASE + 100);
    assert_int_equal(copy[1].end, BASE + 150);
}

static void a_hole_leaves_two_mappings(void **state)
{
    add_pages(0, 10, 1);
    maps_remove(BASE + 3 * PAGE, 2 * PAGE);
    take_copy();
    assert_int_equal(count, 2);
    assert_map(0, 0, 3, 1);
    assert_map(1, 5, 5, 1);
}

static void a_mapping_on_top_of_others_takes_their_place(void **state)
{
    add_pages(0, 4, 1);
    add_pages(4, 2, 2);
    add_pages(6, 4, 3);
    add_pages(3, 4, 4);
    take_copy();
    assert_int_equal(count, 3);
    assert_map(0, 0, 3, 1);
    assert_map(1, 3, 4, 4);
    assert_map(2, 7, 3, 3);
}

static void remove_from_takes_the_one_that_begins_there(void **state)
{
    add_pages(0, 4, 1);
    add_pages(4, 4, 2);
    maps_remove_from(BASE + PAGE); /* inside, not at the beginning */
    take_copy();
    assert_int_equal(count, 2);
    maps_remove_from(BASE);
    take_copy();
    assert_int_equal(count, 1);
    assert_map(0, 4, 4, 2);
}

static void what_was_taken_can_be_put_back(void **state)
{
    struct maps_taken taken;
    add_pages(0, 4, 1);
    add_pages(6, 4, 2);
    maps_take(BASE + 2 * PAGE, 6 * PAGE, &taken);
    assert_int_equal(taken.count, 2);
    take_copy();
    assert_int_equal(count, 2);
    assert_map(0, 0, 2, 1);
    assert_map(1, 8, 2, 2);
    maps_restore(&taken);
    take_copy();
    assert_int_equal(count, 2);
    assert_map(0, 0, 4, 1);
    assert_map(1, 6, 4, 2);
}

static void nonsense_sizes_change_nothing(void **state)
{
    add_pages(0, 4, 1);
    maps_remove(BASE, 0);
    maps_remove(BASE, SIZE_MAX);
    maps_add(BASE, 0, 2, KIND_MMAP, false, 0);
    maps_add(BASE, SIZE_MAX - BASE, 2, KIND_MMAP, false, 0);
    take_copy();
    assert_int_equal(count, 1);
    assert_map(0, 0, 4, 1);
}

static void the_allocators_own_mappings_are_told_by_their_caller(void **state)
{
    maps_set_allocator(0x1000, 0x2000);
    maps_add(BASE, PAGE, 1, KIND_MMAP, false, 0x0fff);
    maps_add(BASE + PAGE, PAGE, 2, KIND_MMAP, false, 0x1000);
    maps_add(BASE + 2 * PAGE, PAGE, 3, KIND_MMAP, false, 0x1fff);
    maps_add(BASE + 3 * PAGE, PAGE, 4, KIND_MMAP, false, 0x2000);
    maps_set_allocator(0, 0);
    take_copy();
    assert_int_equal(count, 4);
    assert_false(copy[0].by_allocator || copy[3].by_allocator);
    assert_true(copy[1].by_allocator && copy[2].by_allocator);
}

static void thousands_of_mappings_fit_in_and_errno_is_kept(void **state)
{
    errno = 1234;
    for (unsigned i = 0; i < 5000; i++)
        maps_add(BASE + (i * 7u % 5000) * 2 * PAGE, PAGE, i + 1, KIND_MMAP, false, 0);
    take_copy();
    assert_int_equal(errno, 1234);
    assert_int_equal(count, 5000);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(copy[i].start, BASE + i * 2 * PAGE);
    maps_remove(BASE, 10000 * PAGE);
}

/* ---- a model: the owner of every page ----------------------------------------------------------
 */

#define PAGES 512u

static uint32_t model[PAGES]; /* stack, 0: none */

static void compare_with_model(void)
{
    uint32_t found[PAGES] = {0};
    uintptr_t end = 0;
    take_copy();
    for (size_t i = 0; i < count; i++) {
        assert_true(copy[i].start >= end && copy[i].end > copy[i].start);
        end = copy[i].end;
        for (uintptr_t at = copy[i].start; at < end; at += PAGE)
            found[(at - BASE) / PAGE] = copy[i].stack;
    }
    assert_memory_equal(found, model, sizeof model);
}

static void the_table_does_what_an_array_of_pages_does(void **state)
{
    uint64_t random = 7;
    memset(model, 0, sizeof model);
    for (uint32_t i = 1; i <= 50000; i++) {
        unsigned first = (unsigned)random_below(&random, PAGES);
        unsigned pages = 1 + (unsigned)random_below(&random, 40);
        bool add = random_below(&random, 2);
        if (first + pages > PAGES)
            pages = PAGES - first;
        if (add)
            add_pages(first, pages, i);
        else
            maps_remove(BASE + first * PAGE, pages * PAGE - random_below(&random, PAGE));
        for (unsigned page = first; page < first + pages; page++)
            model[page] = add ? i : 0;
        if (i % 50 == 0)
            compare_with_model();
    }
}

#define TABLE_TEST(name) cmocka_unit_test_setup(name, empty_the_table)

TEST_MAIN(cmocka_unit_test(an_empty_table_has_nothing_to_copy_or_remove),
          TABLE_TEST(a_mapping_is_kept_with_all_that_was_said),
          TABLE_TEST(the_break_moves_by_bytes_not_pages), TABLE_TEST(a_hole_leaves_two_mappings),
          TABLE_TEST(a_mapping_on_top_of_others_takes_their_place),
          TABLE_TEST(remove_from_takes_the_one_that_begins_there),
          TABLE_TEST(what_was_taken_can_be_put_back), TABLE_TEST(nonsense_sizes_change_nothing),
          TABLE_TEST(the_allocators_own_mappings_are_told_by_their_caller),
          TABLE_TEST(thousands_of_mappings_fit_in_and_errno_is_kept),
          TABLE_TEST(the_table_does_what_an_array_of_pages_does))
