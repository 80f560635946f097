/* test_arenas.c -- The heaps of glibc's other arenas are found, wherever the kernel draws the line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/arenas.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/pagemap.h"
#include "test.h"

#define MIB       ((size_t)1 << 20)
#define LOW_SIZE  (MIB)     /* the program's own memory, which ends where the heap begins */
#define HEAP_USED (3 * MIB) /* of the heap */

static struct process_maps maps;
static struct arenas arenas;
static char *reserved, *heap;

/* A heap's place: aligned, the rest of its 64 MiB not accessible. */
static int reserve(void **state)
{
    (void)state;
    reserved = mmap(NULL, 3 * ARENAS_HEAP_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (reserved == MAP_FAILED)
        return -1;
    uintptr_t at = (uintptr_t)reserved + LOW_SIZE;
    heap = (char *)((at + ARENAS_HEAP_SIZE - 1) / ARENAS_HEAP_SIZE * ARENAS_HEAP_SIZE);
    return mprotect(heap - LOW_SIZE, LOW_SIZE + HEAP_USED, PROT_READ | PROT_WRITE);
}

static int done(void **state)
{
    (void)state;
    arenas_done(&arenas);
    process_maps_done(&maps);
    memset(&arenas, 0, sizeof arenas);
    memset(&maps, 0, sizeof maps);
    return munmap(reserved, 3 * ARENAS_HEAP_SIZE);
}

static const struct arena *find(void)
{
    assert_int_equal(process_read_maps(&maps, PROCESS_BY_SMAPS, -1), 0);
    assert_true(arenas_find(&arenas, &maps));
    for (size_t i = 0; i < arenas.count; i++)
        if (arenas.list[i].start == (uintptr_t)heap)
            return &arenas.list[i];
    return NULL;
}

static void begin_heap(size_t size, size_t writable)
{
    size_t words[] = {(uintptr_t)heap + 48, 0, size, writable};
    memcpy(heap, words, sizeof words);
}

static void a_heap_behind_other_memory_is_found_by_its_head(void **state)
{
    (void)state;
    begin_heap(2 * MIB, HEAP_USED);
    memset(heap + MIB, 1, MIB);
    const struct arena *arena = find();
    assert_non_null(arena);
    assert_int_equal(arena->end - arena->start, HEAP_USED);
    int pagemap = pagemap_open();
    arenas_end(&arenas, &maps, pagemap);
    pagemap_close(pagemap);
    assert_int_equal(arena->resident, MIB + 4096);
}

static void what_has_no_such_head_is_no_heap(void **state)
{
    (void)state;
    memset(heap - LOW_SIZE, 1, LOW_SIZE);
    assert_null(find());
}

static void a_head_that_says_another_end_is_none(void **state)
{
    (void)state;
    begin_heap(2 * MIB, 2 * MIB);
    assert_null(find());
}

static void a_stack_where_a_heap_could_be_is_none(void **state)
{
    (void)state;
    assert_int_equal(mprotect(heap - LOW_SIZE, LOW_SIZE, PROT_NONE), 0);
    memset(heap + HEAP_USED - 8192, 1, 8192); /* the lower end is not in use yet */
    assert_null(find());
}

static void a_heap_with_a_mapping_of_its_own_may_have_grown_since(void **state)
{
    (void)state;
    assert_int_equal(mprotect(heap - LOW_SIZE, LOW_SIZE, PROT_NONE), 0);
    begin_heap(2 * MIB, HEAP_USED + MIB);
    const struct arena *arena = find();
    assert_non_null(arena);
    assert_int_equal(arena->end - arena->start, HEAP_USED);
}

/* A sanitizer's shadow or the heap of ZGC: each place for a heap in it would be a system call. The
 * head at its begin is a real one. */
static void a_reservation_of_terabytes_is_not_searched(void **state)
{
    (void)state;
    begin_heap(2 * MIB, HEAP_USED);
    struct process_mapping mapping = {.start = (uintptr_t)heap,
                                      .end = (uintptr_t)heap + HEAP_USED,
                                      .permissions = "rw-p",
                                      .kind = MAPPED_ANONYMOUS};
    uintptr_t start, end;
    assert_true(arenas_next_heap(&mapping, mapping.start, &start, &end));
    assert_int_equal(start, (uintptr_t)heap);
    mapping.end = mapping.start + ((uintptr_t)1 << 40);
    assert_false(arenas_next_heap(&mapping, mapping.start, &start, &end));
}

#define HEAP_TEST(name) cmocka_unit_test_setup_teardown(name, reserve, done)

TEST_MAIN(HEAP_TEST(a_heap_behind_other_memory_is_found_by_its_head),
          HEAP_TEST(what_has_no_such_head_is_no_heap),
          HEAP_TEST(a_head_that_says_another_end_is_none),
          HEAP_TEST(a_stack_where_a_heap_could_be_is_none),
          HEAP_TEST(a_heap_with_a_mapping_of_its_own_may_have_grown_since),
          HEAP_TEST(a_reservation_of_terabytes_is_not_searched))
