/* test_text.c -- Untrusted texts, distances, and the map.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/map.h"
#include "base/text.h"
#include "test.h"

#include <stdio.h>

static void expect_clean(const char *untrusted, bool for_terminal, const char *expected)
{
    struct text text = {0};
    text_add_clean(&text, untrusted, for_terminal);
    assert_string_equal(text.bytes, expected);
    text_done(&text);
}

static void valid_text_stays_as_it_is(void **state)
{
    expect_clean("", true, "");
    expect_clean("main (a b.c:1)", true, "main (a b.c:1)");
    expect_clean("na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80", true,
                 "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void invalid_utf8_is_replaced_byte_by_byte(void **state)
{
    expect_clean("a\xff", false, "a\xef\xbf\xbd");
    expect_clean("\xc3", false, "\xef\xbf\xbd");
    expect_clean("\xc0\xaf", false, "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong */
    expect_clean("\xed\xa0\x80", false, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* surrogate */
    expect_clean("\xe2\x82", false, "\xef\xbf\xbd\xef\xbf\xbd");                 /* cut short */
}

static void nothing_steers_the_terminal(void **state)
{
    expect_clean("a\033[31mb\n\t\x7f", true, "a?[31mb???");
    expect_clean("\xc2\x9b"
                 "31m",
                 true, "?31m"); /* C1: control sequence introducer */
    expect_clean("\xe2\x80\xae"
                 "cba",
                 true, "?cba"); /* right-to-left override */
    expect_clean("a\033b", false, "a\033b");
}

static void distance_counts_changed_letters(void **state)
{
    assert_int_equal(text_distance("compare", "compare"), 0);
    assert_int_equal(text_distance("comapre", "compare"), 2);
    assert_int_equal(text_distance("", "show"), 4);
    assert_int_equal(text_distance("shw", "show"), 1);
}

static void map_keeps_what_was_added_while_it_grows(void **state)
{
    struct map map = {0};
    bool is_new;
    for (int i = 0; i < 5000; i++) {
        *map_add(&map, &i, sizeof i, &is_new) = (size_t)i * 3;
        assert_true(is_new);
    }
    for (int i = 0; i < 5000; i++)
        assert_int_equal(*map_find(&map, &i, sizeof i), i * 3);
    int missing = 5000;
    assert_null(map_find(&map, &missing, sizeof missing));
    int present = 42;
    map_add(&map, &present, sizeof present, &is_new);
    assert_false(is_new);
    assert_int_equal(map.count, 5000);
    map_done(&map);
}

TEST_MAIN(cmocka_unit_test(valid_text_stays_as_it_is),
          cmocka_unit_test(invalid_utf8_is_replaced_byte_by_byte),
          cmocka_unit_test(nothing_steers_the_terminal),
          cmocka_unit_test(distance_counts_changed_letters),
          cmocka_unit_test(map_keeps_what_was_added_while_it_grows))
