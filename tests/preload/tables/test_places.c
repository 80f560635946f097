/* test_places.c -- A place has one text for ever, and a text one place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/places.h"

#include <stdio.h>
#include <string.h>

#include "test.h"
#include "threads.h"

#define COUNT 2000

static struct stacks_room main_room;

static void a_key_leads_to_its_text(void **state)
{
    (void)state;
    assert_int_equal(places_find(1), 0);
    uintptr_t place = places_add(1, "py::f:/srv/f.py:1", &main_room);
    assert_true(places_is(place));
    assert_int_equal(places_find(1), place);
    assert_string_equal(places_text(place), "py::f:/srv/f.py:1");
}

static void keys_of_one_text_share_a_place(void **state)
{
    (void)state;
    uintptr_t place = places_add(2, "py::g:/srv/f.py:2", &main_room);
    assert_int_equal(places_add(3, "py::g:/srv/f.py:2", &main_room), place);
    assert_int_equal(places_find(3), place);
    assert_int_not_equal(places_add(4, "py::g:/srv/f.py:3", &main_room), place);
}

static void addresses_and_garbage_are_no_places(void **state)
{
    (void)state;
    const uintptr_t words[] = {0,           0x55d2c0ffee00,     0x7fffffffffff,
                               UINTPTR_MAX, (uintptr_t)1 << 62, PLACES_MARK - 1};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        assert_false(places_is(words[i]));
    assert_null(places_text(PLACES_MARK | UINT32_MAX));
    assert_null(places_text(PLACES_MARK | 77777));
}

/* All threads bring the same places, in an order of their own. */
static uintptr_t bring(unsigned number)
{
    struct stacks_room room = {NULL, 0};
    uintptr_t faults = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned which = (i * 7 + number * 500) % COUNT;
        char text[40];
        snprintf(text, sizeof text, "py::f%u:/srv/f.py:%u", which / 2, which / 2);
        uintptr_t place = places_add(1000000 + 97 * (uint64_t)which, text, &room);
        faults += !place || !places_text(place) || strcmp(places_text(place), text) != 0;
        place = places_find(1000000 + 97 * (uint64_t)which);
        faults += !place || strcmp(places_text(place), text) != 0;
    }
    return faults;
}

static void threads_that_bring_the_same_agree(void **state)
{
    (void)state;
    assert_int_equal(threads_run(4, bring), 0);
    assert_int_equal(places_dropped(), 0);
}

static void keys_that_find_no_room_have_their_place_all_the_same(void **state)
{
    (void)state;
    struct stacks_room room = {NULL, 0};
    unsigned kept = 0;
    for (unsigned i = 0; i < 400; i++) { /* neighbours: the same low bits */
        uint64_t key = 5 + ((uint64_t)(i + 1) << 32);
        uintptr_t place = places_add(key, "py::f:/srv/f.py:1", &room);
        assert_string_equal(places_text(place), "py::f:/srv/f.py:1");
        kept += places_find(key) == place;
    }
    assert_in_range(kept, 64, 320);
    assert_int_equal(places_dropped(), 0);
}

TEST_MAIN(cmocka_unit_test(a_key_leads_to_its_text),
          cmocka_unit_test(keys_of_one_text_share_a_place),
          cmocka_unit_test(addresses_and_garbage_are_no_places),
          cmocka_unit_test(threads_that_bring_the_same_agree),
          cmocka_unit_test(keys_that_find_no_room_have_their_place_all_the_same))
