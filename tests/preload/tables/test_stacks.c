/* test_stacks.c -- One stack, one id, for ever, whoever interns it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/stacks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tables/blocks.h"
#include "test.h"
#include "threads.h"

static struct stacks_room main_room;

static struct stack_key key_of(const uintptr_t *frames, unsigned depth, enum block_kind kind)
{
    uint64_t hash = stacks_hash_add(0, (uint64_t)kind);
    for (unsigned i = 0; i < depth; i++)
        hash = stacks_hash_add(hash, frames[i]);
    return (struct stack_key){
        .hash = stacks_hash_end(hash), .frames = frames, .depth = depth, .kind = kind};
}

/* Four frames that follow from a number, the outermost ones being shared by many. */
static void make_frames(uintptr_t frames[4], unsigned number)
{
    frames[0] = 0x400000 + number * 5;
    frames[1] = 0x500000 + number / 10;
    frames[2] = 0x600000 + number / 100;
    frames[3] = 0x700000;
}

static uint32_t intern(unsigned number, enum block_kind kind, struct stacks_room *room)
{
    uintptr_t frames[4];
    make_frames(frames, number);
    struct stack_key key = key_of(frames, 4, kind);
    return stacks_intern(&key, room);
}

static bool has_frames(uint32_t id, unsigned number)
{
    uintptr_t frames[4];
    make_frames(frames, number);
    const struct stack *stack = stacks_get(id);
    return stack && stack->depth == 4 && memcmp(stack->frames, frames, sizeof frames) == 0;
}

static void the_same_stack_has_the_same_id(void **state)
{
    uint32_t id = intern(1, KIND_MALLOC, &main_room);
    assert_in_range(id, 1, BLOCKS_STACK_MAX);
    assert_int_equal(intern(1, KIND_MALLOC, &main_room), id);
    assert_int_not_equal(intern(2, KIND_MALLOC, &main_room), id);
    assert_int_not_equal(intern(1, KIND_MMAP, &main_room), id);
    assert_int_equal(stacks_count(), 3);
}

static void a_stack_keeps_all_that_its_key_says(void **state)
{
    uintptr_t frames[] = {3, 1, 4, 1, 5};
    struct stack_key key = key_of(frames, 5, KIND_POOL);
    key.truncated = true;
    key.pool = "sessions";
    uint32_t id = stacks_intern(&key, &main_room);
    const struct stack *stack = stacks_get(id);
    assert_non_null(stack);
    assert_int_equal(stacks_find(key.hash), id);
    assert_int_equal(stack->hash, key.hash);
    assert_int_equal(stack->depth, 5);
    assert_memory_equal(stack->frames, frames, sizeof frames);
    assert_int_equal(stack->kind, KIND_POOL);
    assert_int_equal(stack->truncated, 1);
    assert_ptr_equal(stack->pool, key.pool);
    assert_int_equal(stacks_counters(id)->allocations, 0);
    assert_int_equal(stacks_counters(id)->bytes, 0);
}

static void depths_from_none_to_the_deepest_are_kept(void **state)
{
    static uintptr_t frames[1024];
    for (unsigned i = 0; i < 1024; i++)
        frames[i] = 0x123000 + i;
    struct stack_key none = key_of(frames, 0, KIND_SHM), all = key_of(frames, 1024, KIND_SHM);
    const struct stack *empty = stacks_get(stacks_intern(&none, &main_room));
    const struct stack *deep = stacks_get(stacks_intern(&all, &main_room));
    assert_non_null(empty);
    assert_int_equal(empty->depth, 0);
    assert_non_null(deep);
    assert_int_equal(deep->depth, 1024);
    assert_memory_equal(deep->frames, frames, sizeof frames);
}

static void there_is_nothing_under_other_ids(void **state)
{
    assert_non_null(stacks_get(1));
    assert_null(stacks_get(0));
    assert_null(stacks_get(stacks_count() + 1));
    assert_null(stacks_get(BLOCKS_STACK_MAX));
    assert_null(stacks_get(BLOCKS_STACK_MAX + 1));
    assert_null(stacks_get(UINT32_MAX));
}

#define MANY 100000u

static void a_hundred_thousand_stacks_have_their_own_ids(void **state)
{
    uint32_t *ids = malloc(MANY * sizeof *ids), before = stacks_count();
    assert_non_null(ids);
    errno = 1234;
    for (unsigned i = 0; i < MANY; i++)
        ids[i] = intern(1000 + i, KIND_MALLOC, &main_room);
    assert_int_equal(errno, 1234);
    assert_int_equal(stacks_count() - before, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        assert_true(has_frames(ids[i], 1000 + i));
        assert_int_equal(intern(1000 + i, KIND_MALLOC, &main_room), ids[i]);
    }
    assert_int_equal(stacks_count() - before, MANY);
    free(ids);
}

#define SHARED  5000u
#define THREADS 4u

static uint32_t shared_ids[THREADS][SHARED];

static uintptr_t intern_shared(unsigned index)
{
    static struct stacks_room rooms[THREADS];
    uintptr_t faults = 0;
    for (unsigned i = 0; i < SHARED; i++) {
        uint32_t id = intern(i, KIND_BRK, &rooms[index]);
        faults += !id || !has_frames(id, i);
        shared_ids[index][i] = id;
    }
    return faults;
}

static void threads_that_intern_the_same_stacks_agree_afterwards(void **state)
{
    uint32_t before = stacks_count();
    assert_int_equal(threads_run(THREADS, intern_shared), 0);
    /* Two at the same moment may each make it; that is rare and adds up. */
    assert_in_range(stacks_count() - before, SHARED, THREADS * SHARED);
    uint32_t settled = stacks_count();
    for (unsigned i = 0; i < SHARED; i++) {
        uint32_t id = intern(i, KIND_BRK, &main_room);
        bool known = false;
        for (unsigned j = 0; j < THREADS; j++)
            known |= id == shared_ids[j][i];
        assert_true(known);
    }
    assert_int_equal(stacks_count(), settled);
}

TEST_MAIN(cmocka_unit_test(the_same_stack_has_the_same_id),
          cmocka_unit_test(a_stack_keeps_all_that_its_key_says),
          cmocka_unit_test(depths_from_none_to_the_deepest_are_kept),
          cmocka_unit_test(there_is_nothing_under_other_ids),
          cmocka_unit_test(a_hundred_thousand_stacks_have_their_own_ids),
          cmocka_unit_test(threads_that_intern_the_same_stacks_agree_afterwards))
