/* test_utf8.c -- Characters are measured, cut and written as RFC 3629 says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/utf8.h"

#include <string.h>

#include "test.h"

static void what_is_written_is_one_character(void **state)
{
    char bytes[5];
    for (uint32_t c = 1; c <= 0x10ffff; c++) {
        bool is_surrogate = c >= 0xd800 && c < 0xe000;
        memset(bytes, 0, sizeof bytes);
        unsigned length = utf8_encode(c, bytes);
        unsigned expected = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        assert_int_equal(length, is_surrogate ? 0 : expected);
        if (length)
            assert_int_equal(utf8_length(bytes), length);
    }
    assert_int_equal(utf8_encode(0x110000, bytes), 0);
    assert_int_equal(utf8_encode(0x20ac, bytes), 3);
    assert_memory_equal(bytes, "€", 3);
}

static void what_is_none_has_no_length(void **state)
{
    static const char *const broken[] = {"\xff",         "\xc3",         "\xe2\x82",
                                         "\xc0\xaf",     "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                         "\xe0\x80\x80", "\x80"};
    for (unsigned i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(utf8_length(broken[i]), 0);
}

static void a_cut_leaves_whole_characters(void **state)
{
    static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6};
    for (size_t most = 0; most < sizeof lengths / sizeof *lengths; most++)
        assert_int_equal(utf8_cut("aä€b", most), lengths[most]);
}

TEST_MAIN(cmocka_unit_test(what_is_written_is_one_character),
          cmocka_unit_test(what_is_none_has_no_length),
          cmocka_unit_test(a_cut_leaves_whole_characters))
