/* test_threads.c -- A thread has a number of its own and the name that it had last.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/threads.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "file/tag_rows.h"
#include "test.h"

static const char *name_of(uint16_t number, bool *ended)
{
    static char name[THREADS_NAME_SIZE];
    threads_name(number, name, ended);
    return name;
}

static void *live(void *argument)
{
    uint16_t *number = argument;
    pthread_setname_np(pthread_self(), "at birth");
    *number = threads_begin();
    pthread_setname_np(pthread_self(), "at the end");
    threads_end(*number);
    return NULL;
}

static void numbers_are_given_once(void **state)
{
    uint16_t numbers[3];
    for (unsigned i = 0; i < 3; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, live, &numbers[i]), 0);
        pthread_join(thread, NULL);
    }
    bool ended = false;
    assert_int_equal(numbers[1], numbers[0] + 1);
    assert_int_equal(numbers[2], numbers[0] + 2);
    assert_string_equal(name_of(numbers[0], &ended), "at the end");
    assert_true(ended);
    assert_int_equal(threads_tid(numbers[0]), 0);
}

static void a_living_thread_is_called_what_the_kernel_says(void **state)
{
    bool ended = true;
    pthread_setname_np(pthread_self(), "before");
    uint16_t number = threads_begin();
    assert_int_equal(threads_tid(number), gettid());
    assert_string_equal(name_of(number, &ended), "before");
    pthread_setname_np(pthread_self(), "after");
    assert_string_equal(name_of(number, &ended), "before");
    tag_rows_learn();
    assert_string_equal(name_of(number, &ended), "after");
    assert_false(ended);
}

static void a_thread_that_went_without_a_word_keeps_its_name(void **state)
{
    bool ended = false;
    uint16_t number = threads_begin();
    threads_learn(number, gettid(), "fifteen letters and more");
    threads_learn(number, gettid(), NULL);
    assert_string_equal(name_of(number, &ended), "fifteen letters");
    assert_true(ended);
}

static void only_the_forking_thread_is_left_in_a_child(void **state)
{
    uint16_t other = threads_begin(), own = threads_begin();
    threads_forked(own);
    assert_int_equal(threads_tid(own), gettid());
    assert_int_equal(threads_tid(other), 0);
}

/* The last test: afterwards there is no room. */
static void beyond_the_limit_all_are_one(void **state)
{
    bool ended;
    while (threads_count() < THREADS_MOST)
        threads_begin();
    assert_int_equal(threads_begin(), THREADS_MORE);
    assert_int_equal(threads_tid(THREADS_MORE), 0);
    assert_string_equal(name_of(THREADS_MORE, &ended), "");
    threads_end(THREADS_MORE);
    assert_int_equal(threads_count(), THREADS_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_given_once),
        cmocka_unit_test(a_living_thread_is_called_what_the_kernel_says),
        cmocka_unit_test(a_thread_that_went_without_a_word_keeps_its_name),
        cmocka_unit_test(only_the_forking_thread_is_left_in_a_child),
        cmocka_unit_test(beyond_the_limit_all_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
