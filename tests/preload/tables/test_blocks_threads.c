/* test_blocks_threads.c -- Threads whose blocks share lines do not disturb each other.
 *
 * Meant for the thread sanitizer too: it sees every access to the table.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>

#include "random.h"
#include "tables/blocks.h"
#include "test.h"
#include "threads.h"

#define BASE    ((uintptr_t)0x500 << 26)
#define THREADS 4u
#define SLOTS   4096u /* of 8 bytes: 64 lines */
#define ROUNDS  40000u

static atomic_uint working; /* threads that still insert and remove */
static atomic_uint sweeps;

/* All of a block follows from its slot, so that a torn one is recognised. */
static struct block block_at(unsigned slot)
{
    struct block block = {.address = BASE + slot * 8, .size = slot * 3 + 1};
    block.stack = 1 + slot % THREADS;
    block.epoch = slot % 100;
    return block;
}

static bool is_block_at(const struct block *block, unsigned slot)
{
    struct block expected = block_at(slot);
    return block->address == expected.address && block->size == expected.size &&
           block->stack == expected.stack && block->epoch == expected.epoch;
}

static void sweep_one(const struct block *block, void *context)
{
    uintptr_t *faults = context;
    if (block->address >= BASE && block->address < BASE + SLOTS * 8)
        *faults += !is_block_at(block, (unsigned)(block->address - BASE) / 8);
}

static uintptr_t sweep(void)
{
    uintptr_t faults = 0;
    do {
        blocks_each(sweep_one, &faults);
        atomic_fetch_add(&sweeps, 1);
    } while (atomic_load(&working));
    return faults;
}

static uintptr_t insert_and_remove(unsigned owner)
{
    static bool live[SLOTS];
    uint64_t random = owner;
    uintptr_t faults = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned slot = (unsigned)random_below(&random, SLOTS / THREADS) * THREADS + owner;
        struct block block = block_at(slot), was = {0};
        if (live[slot])
            faults += !blocks_remove(block.address, &was) || !is_block_at(&was, slot);
        else
            faults += !blocks_insert(&block);
        live[slot] = !live[slot];
    }
    for (unsigned slot = owner; slot < SLOTS; slot += THREADS) {
        struct block was;
        faults += blocks_remove(BASE + slot * 8, &was) != live[slot];
    }
    atomic_fetch_sub(&working, 1);
    return faults;
}

static uintptr_t work_or_sweep(unsigned index)
{
    return index < THREADS ? insert_and_remove(index) : sweep();
}

static void neighbours_in_a_line_keep_their_blocks_while_others_sweep(void **state)
{
    atomic_store(&working, THREADS);
    assert_int_equal(threads_run(THREADS + 1, work_or_sweep), 0);
    assert_true(atomic_load(&sweeps) >= 1);
    uintptr_t left = 0;
    blocks_each(sweep_one, &left);
    assert_int_equal(left, 0);
}

/* ---- an address goes from thread to thread, as an allocator hands it on
 * -------------------------- */

#define ADDRESSES 32u

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned free_slots[ADDRESSES], free_count;

static unsigned take_slot(void)
{
    pthread_mutex_lock(&mutex);
    unsigned slot = free_slots[--free_count];
    pthread_mutex_unlock(&mutex);
    return slot;
}

static void give_slot(unsigned slot)
{
    pthread_mutex_lock(&mutex);
    free_slots[free_count++] = slot;
    pthread_mutex_unlock(&mutex);
}

static uintptr_t hand_on(unsigned index)
{
    uintptr_t faults = 0;
    for (unsigned i = 0; i < ROUNDS / 4; i++) {
        unsigned slot = take_slot();
        struct block block = block_at(slot), was = {0};
        faults += blocks_remove(block.address, &was); /* the last owner has taken it out */
        faults += !blocks_insert(&block);
        faults += !blocks_remove(block.address, &was) || !is_block_at(&was, slot);
        give_slot(slot);
    }
    return faults;
}

static void a_freed_address_is_clean_for_its_next_owner(void **state)
{
    for (unsigned i = 0; i < ADDRESSES; i++)
        give_slot(i);
    assert_int_equal(threads_run(THREADS, hand_on), 0);
    assert_int_equal(free_count, ADDRESSES);
}

TEST_MAIN(cmocka_unit_test(neighbours_in_a_line_keep_their_blocks_while_others_sweep),
          cmocka_unit_test(a_freed_address_is_clean_for_its_next_owner))
