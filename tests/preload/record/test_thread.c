/* test_thread.c -- What a thread has counted is never lost: not when it dies, not when its cache
 * is too small.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record/thread.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "options.h"
#include "record/record.h"
#include "test.h"
#include "threads.h"
#include "unwind/unwind.h"

/* The thread sanitizer closes its books on a thread in the same last round of destructors as we
 * do, and crashes when our code then runs on. Under it, threads work and do not end. */
#if defined(__SANITIZE_THREAD__)
#define NEEDS_DEATH skip()

static pthread_barrier_t finished;
static uintptr_t (*immortal_work)(unsigned index);
static uintptr_t immortal_faults[THREADS_MOST];

static void *work_and_stay(void *index)
{
    immortal_faults[(uintptr_t)index] = immortal_work((unsigned)(uintptr_t)index);
    thread_flush(thread_self);
    pthread_barrier_wait(&finished);
    for (;;)
        pause();
    return NULL;
}

static uintptr_t run(unsigned count, uintptr_t (*work)(unsigned index))
{
    uintptr_t faults = 0;
    pthread_t thread;
    immortal_work = work;
    pthread_barrier_init(&finished, NULL, count + 1);
    for (uintptr_t i = 0; i < count; i++) {
        faults += pthread_create(&thread, NULL, work_and_stay, (void *)i) != 0;
        pthread_detach(thread);
    }
    pthread_barrier_wait(&finished);
    for (unsigned i = 0; i < count; i++)
        faults += immortal_faults[i];
    return faults;
}
#else
#define NEEDS_DEATH (void)0
#define run         threads_run
#endif

static int begin(void **state)
{
    (void)state;
    options.depth = 16;
    thread_init(options.depth);
    unwind_init();
    record_start();
    return 0;
}

struct totals {
    uint64_t count, bytes;
};

/* What has been written to the stacks so far. */
static struct totals in_stacks(void)
{
    struct totals totals = {0, 0};
    for (uint32_t id = 1; id <= stacks_count(); id++) {
        totals.count += stacks_get(id) ? stacks_counters(id)->allocations : 0;
        totals.bytes += stacks_get(id) ? stacks_counters(id)->bytes : 0;
    }
    return totals;
}

static unsigned states_made(void)
{
    unsigned count = 0;
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        count++;
    return count;
}

/* Unused addresses: each thread has a range of its own. */
static const void *address_at(unsigned owner, unsigned index)
{
    return (const void *)(((uintptr_t)0x3000 + owner) << 26 | (uintptr_t)index << 4);
}

static void allocate(unsigned owner, unsigned count, size_t size)
{
    for (unsigned i = 0; i < count; i++)
        record_alloc(address_at(owner, i), size, KIND_MALLOC, RECORD_HERE());
}

static uintptr_t forget(unsigned owner, unsigned count, size_t size)
{
    uintptr_t faults = 0;
    for (unsigned i = 0; i < count; i++) {
        struct block was = {0};
        faults += !record_forget(address_at(owner, i), &was) || was.size != size;
    }
    return faults;
}

static void a_flush_writes_the_threads_counts_to_the_stacks(void **state)
{
    allocate(0, 10, 100);
    thread_flush(thread_self);
    struct totals before = in_stacks();
    allocate(1, 7, 30);
    thread_flush(thread_self);
    struct totals after = in_stacks();
    assert_int_equal(after.count - before.count, 7);
    assert_int_equal(after.bytes - before.bytes, 7 * 30);
    thread_flush(thread_self);
    assert_int_equal(in_stacks().count, after.count);
    assert_int_equal(forget(0, 10, 100) + forget(1, 7, 30), 0);
}

static uintptr_t allocate_500(unsigned index)
{
    allocate(10 + index, 500, 8);
    return thread_self == NULL;
}

static void a_dead_threads_counts_are_in_the_stacks(void **state)
{
    NEEDS_DEATH;
    struct totals before = in_stacks();
    assert_int_equal(run(1, allocate_500), 0);
    struct totals after = in_stacks();
    assert_int_equal(after.count - before.count, 500);
    assert_int_equal(after.bytes - before.bytes, 500 * 8);
    assert_int_equal(forget(10, 500, 8), 0); /* its blocks outlive it */
}

static void the_state_of_a_dead_thread_is_used_again(void **state)
{
    NEEDS_DEATH;
    run(1, allocate_500);
    unsigned made = states_made();
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(run(1, allocate_500), 0);
    assert_int_equal(states_made(), made);
    assert_true(forget(10, 500, 8) == 0);
}

#define CROWD  8u
#define ROUNDS 2000u

static uintptr_t churn(unsigned index)
{
    uintptr_t faults = 0;
    for (unsigned i = 0; i < ROUNDS / 50; i++) {
        allocate(100 + index, 50, 24);
        faults += forget(100 + index, 50, 24);
    }
    return faults;
}

static void threads_that_count_at_once_count_right(void **state)
{
    thread_flush(thread_self);
    struct totals before = in_stacks();
    assert_int_equal(run(CROWD, churn), 0);
    struct totals after = in_stacks();
    assert_int_equal(after.count - before.count, CROWD * ROUNDS);
    assert_int_equal(after.bytes - before.bytes, CROWD * ROUNDS * 24);
}

/* More stacks than the thread's cache holds: told apart by the names of made-up pools. */
static void what_leaves_the_cache_is_counted_too(void **state)
{
    static const char names[THREAD_CACHE_SIZE * 3][2];
    thread_flush(thread_self);
    struct totals before = in_stacks();
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < THREAD_CACHE_SIZE * 3; i++)
            assert_true(record_pool_stack(names[i], RECORD_HERE(), 5) != 0);
    thread_flush(thread_self);
    struct totals after = in_stacks();
    assert_int_equal(after.count - before.count, THREAD_CACHE_SIZE * 9);
    assert_int_equal(after.bytes - before.bytes, THREAD_CACHE_SIZE * 9 * 5);
}

static uintptr_t allocate_exempt(unsigned index)
{
    thread_exempt();
    allocate(200, 10, 8);
    return thread_self != NULL || thread_begin() != NULL;
}

static void an_exempt_thread_is_never_recorded(void **state)
{
    NEEDS_DEATH;
    struct totals before = in_stacks();
    struct block was;
    assert_int_equal(run(1, allocate_exempt), 0);
    assert_int_equal(in_stacks().count, before.count);
    assert_false(record_forget(address_at(200, 0), &was));
}

static pthread_key_t late_key;

static void allocate_late(void *nothing)
{
    allocate(300, 3, 8);
}

static uintptr_t allocate_in_destructor(unsigned index)
{
    allocate(301, 1, 8);
    return pthread_setspecific(late_key, &late_key) != 0;
}

static void what_a_threads_destructors_allocate_is_recorded(void **state)
{
    NEEDS_DEATH;
    assert_int_equal(pthread_key_create(&late_key, allocate_late), 0);
    struct totals before = in_stacks();
    assert_int_equal(run(1, allocate_in_destructor), 0);
    assert_int_equal(in_stacks().count - before.count, 4);
    assert_int_equal(forget(300, 3, 8) + forget(301, 1, 8), 0);
    pthread_key_delete(late_key);
}

static void a_pause_keeps_new_blocks_out_and_lets_old_ones_go(void **state)
{
    struct block was;
    allocate(400, 5, 8);
    record_pause(1);
    record_pause(1);
    record_pause(-1);
    allocate(401, 5, 8);
    assert_int_equal(forget(400, 5, 8), 0);
    record_pause(-1);
    assert_false(record_forget(address_at(401, 0), &was));
}

static void errno_is_kept_and_a_block_can_be_put_back(void **state)
{
    struct block was = {0};
    errno = 1234;
    allocate(500, 1, 77);
    assert_true(record_forget(address_at(500, 0), &was));
    record_restore(&was);
    assert_int_equal(errno, 1234);
    assert_int_equal(forget(500, 1, 77), 0);
}

/* ---- sampled
 * ---------------------------------------------------------------------------------------- */

#define BRIEF  400u /* threads that allocate once each */
#define SAMPLE 100000u
#define SIZE   1000u

static uintptr_t allocate_once(unsigned index)
{
    allocate(600, 1, SIZE);
    struct block was;
    record_forget(address_at(600, 0), &was);
    return 0;
}

/* 4 +- 2 are taken of 400: beyond 4 times as many never happens by chance. */
static void assert_fair(struct totals before)
{
    struct totals after = in_stacks();
    double share = (double)(after.bytes - before.bytes) / ((double)BRIEF * SIZE);
    if (share > 4)
        fail_msg("estimated %.1f times what was allocated", share);
}

/* One allocation in a hundred should be taken. If a thread's first one were always taken, each
 * would stand for a hundred of its kind, and threads that come and go would look like growth. */
static void the_first_allocation_of_a_thread_is_sampled_like_any_other(void **state)
{
    NEEDS_DEATH;
    thread_flush(thread_self);
    struct totals before = in_stacks();
    options.sample = SAMPLE;
    for (unsigned i = 0; i < BRIEF; i++)
        run(1, allocate_once);
    options.sample = 0;
    assert_fair(before);
}

/* A pause shuts the gate; what passes after it must not be taken for certain. */
static void after_a_pause_allocations_are_sampled_as_before(void **state)
{
    thread_flush(thread_self);
    struct totals before = in_stacks();
    options.sample = SAMPLE;
    for (unsigned i = 0; i < BRIEF; i++) {
        record_pause(1);
        allocate(601, 1, SAMPLE * 50);
        record_pause(-1);
        allocate_once(i);
    }
    options.sample = 0;
    thread_flush(thread_self);
    assert_fair(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flush_writes_the_threads_counts_to_the_stacks),
        cmocka_unit_test(a_dead_threads_counts_are_in_the_stacks),
        cmocka_unit_test(the_state_of_a_dead_thread_is_used_again),
        cmocka_unit_test(threads_that_count_at_once_count_right),
        cmocka_unit_test(what_leaves_the_cache_is_counted_too),
        cmocka_unit_test(an_exempt_thread_is_never_recorded),
        cmocka_unit_test(what_a_threads_destructors_allocate_is_recorded),
        cmocka_unit_test(a_pause_keeps_new_blocks_out_and_lets_old_ones_go),
        cmocka_unit_test(errno_is_kept_and_a_block_can_be_put_back),
        cmocka_unit_test(the_first_allocation_of_a_thread_is_sampled_like_any_other),
        cmocka_unit_test(after_a_pause_allocations_are_sampled_as_before)};
    return cmocka_run_group_tests(tests, begin, NULL);
}
