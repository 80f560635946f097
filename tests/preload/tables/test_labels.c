/* test_labels.c -- One text, one number, whoever says it; too many are one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/labels.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "threads.h"

static struct stacks_room main_room;

static uint16_t intern(const char *text)
{
    return labels_intern(text, &main_room);
}

static void equal_texts_have_one_number(void **state)
{
    char text[] = "GET /orders";
    uint16_t label = intern("GET /orders");
    assert_in_range(label, 1, LABELS_MORE - 1);
    assert_int_equal(intern(text), label);
    memset(text, 'x', sizeof text - 1);
    assert_string_equal(labels_text(label), "GET /orders");
    assert_int_not_equal(intern("GET /order"), label);
    assert_int_not_equal(intern("GET /orders/"), label);
}

static void no_label_has_no_text(void **state)
{
    assert_null(labels_text(LABELS_NONE));
}

static void what_is_too_long_is_cut(void **state)
{
    char text[2 * LABELS_TEXT_SIZE];
    memset(text, 'y', sizeof text);
    text[sizeof text - 1] = '\0';
    uint16_t label = intern(text);
    assert_int_equal(strlen(labels_text(label)), LABELS_TEXT_SIZE - 1);
    text[LABELS_TEXT_SIZE - 1] = '\0';
    assert_int_equal(intern(text), label);
    text[LABELS_TEXT_SIZE - 2] = '\0';
    assert_int_not_equal(intern(text), label);
}

#define RACING 2000

/* All threads say the same texts at once. */
static void *say_all(void *argument)
{
    uint16_t *found = argument;
    struct stacks_room room = {0};
    for (unsigned i = 0; i < RACING; i++) {
        char text[32];
        snprintf(text, sizeof text, "race %u", i);
        found[i] = labels_intern(text, &room);
    }
    return NULL;
}

static void threads_agree(void **state)
{
    static uint16_t found[4][RACING];
    pthread_t threads[4];
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, say_all, found[i]), 0);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 1; i < 4; i++)
        assert_memory_equal(found[i], found[0], sizeof found[0]);
    for (unsigned i = 0; i < RACING; i++) {
        char text[32];
        snprintf(text, sizeof text, "race %u", i);
        assert_string_equal(labels_text(found[0][i]), text);
    }
}

/* The last test: afterwards there is no room. */
static void beyond_the_limit_all_are_one_and_counted(void **state)
{
    static bool seen[LABELS_MORE + 1];
    unsigned known = 0, more = 0;
    uint16_t old = intern("GET /orders");
    assert_int_equal(labels_dropped(), 0);
    for (unsigned i = 0; i < LABELS_MOST; i++) {
        char text[32];
        snprintf(text, sizeof text, "user %u", i);
        uint16_t label = intern(text);
        more += label == LABELS_MORE;
        known += label != LABELS_MORE && !seen[label];
        seen[label] = true;
    }
    assert_int_equal(known + more, LABELS_MOST);
    assert_in_range(more, RACING, RACING + 10);
    assert_int_equal(labels_dropped(), more);
    assert_string_equal(labels_text(LABELS_MORE), "(more labels)");
    assert_int_equal(intern("GET /orders"), old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_have_one_number),
        cmocka_unit_test(no_label_has_no_text),
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(threads_agree),
        cmocka_unit_test(beyond_the_limit_all_are_one_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
