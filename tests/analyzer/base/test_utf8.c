/* test_utf8.c -- Characters of UTF-8: decoding, cutting, width on a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/utf8.h"

#include "base/text.h"
#include "test.h"

static void expect_decoded(const char *s, size_t length, int32_t expected)
{
    int32_t character = -1;
    assert_int_equal(utf8_decode(s, &character), length);
    if (length)
        assert_int_equal(character, expected);
}

static void characters_are_decoded_strictly(void **state)
{
    (void)state;
    expect_decoded("a", 1, 'a');
    expect_decoded("\xc3\xaf", 2, 0xef);
    expect_decoded("\xe2\x82\xac", 3, 0x20ac);
    expect_decoded("\xf0\x9f\x98\x80", 4, 0x1f600);
    expect_decoded("\xf4\x8f\xbf\xbf", 4, 0x10ffff);
    expect_decoded("\xf4\x90\x80\x80", 0, 0); /* beyond Unicode */
    expect_decoded("\xc0\xaf", 0, 0);         /* overlong */
    expect_decoded("\xe0\x80\xaf", 0, 0);
    expect_decoded("\xed\xa0\x80", 0, 0); /* a surrogate */
    expect_decoded("\xe2\x82", 0, 0);     /* cut short */
    expect_decoded("\x80", 0, 0);
    expect_decoded("\xff", 0, 0);
}

static void no_character_is_cut(void **state)
{
    (void)state;
    const char *euro = "a\xe2\x82\xac!"; /* a, 3 bytes, ! */
    static const size_t cuts[] = {0, 1, 1, 1, 4, 5};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        assert_int_equal(utf8_cut(euro, i), cuts[i]);
    assert_int_equal(utf8_cut("\x80\x80", 1), 0);
}

static void wide_characters_take_two_columns_and_marks_none(void **state)
{
    (void)state;
    assert_int_equal(utf8_columns(""), 0);
    assert_int_equal(utf8_columns("main"), 4);
    assert_int_equal(utf8_columns("na\xc3\xafve"), 5);
    assert_int_equal(utf8_columns("nai\xcc\x88ve"), 5); /* U+0308 over the i */
    assert_int_equal(utf8_columns("\xe7\xbc\x93\xe5\xad\x98.c"), 6);
    assert_int_equal(utf8_columns("\xea\xb0\x80\xef\xbc\xa1"), 4); /* Hangul, full-width A */
    assert_int_equal(utf8_columns("\xef\xbd\xb1"), 1);             /* half-width katakana */
    assert_int_equal(utf8_columns("\xf0\x9f\x98\x80"), 2);
    assert_int_equal(utf8_columns("\xe2\x96\x88\xe2\x80\xa6"), 2); /* our bars and ellipses */
    assert_int_equal(utf8_columns("\xff\xff"), 2);                 /* each shown as U+FFFD */
}

static void texts_are_padded_by_columns(void **state)
{
    (void)state;
    struct text text = {0};
    text_add_padded(&text, "\xe5\xad\x98", 4, TEXT_LEFT);
    text_add(&text, "|");
    text_add_padded(&text, "i\xcc\x88", 3, TEXT_RIGHT);
    text_add(&text, "|");
    text_add_padded(&text, "too long", 3, TEXT_LEFT);
    assert_string_equal(text.bytes, "\xe5\xad\x98  |  i\xcc\x88|too long");
    text_done(&text);
}

TEST_MAIN(cmocka_unit_test(characters_are_decoded_strictly), cmocka_unit_test(no_character_is_cut),
          cmocka_unit_test(wide_characters_take_two_columns_and_marks_none),
          cmocka_unit_test(texts_are_padded_by_columns))
