/* test_units.c -- Bytes in words and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/units.h"
#include "test.h"

static void bytes_have_one_decimal_and_a_binary_unit(void **state)
{
    assert_string_equal(units_bytes(0).text, "0 B");
    assert_string_equal(units_bytes(1023).text, "1023 B");
    assert_string_equal(units_bytes(1024).text, "1.0 KiB");
    assert_string_equal(units_bytes(64172851).text, "61.2 MiB");
    assert_string_equal(units_bytes(1073741823).text, "1.0 GiB");
    assert_string_equal(units_bytes(INT64_MAX).text, "8.0 EiB");
}

static void signs_are_shown_when_asked_for(void **state)
{
    assert_string_equal(units_signed_bytes(1536).text, "+1.5 KiB");
    assert_string_equal(units_signed_bytes(-1536).text, "-1.5 KiB");
    assert_string_equal(units_signed_bytes(0).text, "0 B");
    assert_string_equal(units_signed_bytes(INT64_MIN).text, "-8.0 EiB");
    assert_string_equal(units_bytes(-3).text, "-3 B");
}

static void counts_have_thousands_parted(void **state)
{
    assert_string_equal(units_count(999).text, "999");
    assert_string_equal(units_count(1234567).text, "1,234,567");
    assert_string_equal(units_signed_count(1000).text, "+1,000");
    assert_string_equal(units_signed_count(-100000).text, "-100,000");
    assert_string_equal(units_signed_count(0).text, "0");
}

static void sizes_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } sizes[] = {{"0", 0},          {"4096", 4096},       {"500k", 512000}, {"1MiB", 1048576},
                 {"1mib", 1048576}, {"1M", 1048576},      {"1MB", 1000000}, {"1.5 GiB", 1610612736},
                 {"12b", 12},       {"2T", 2199023255552}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int64_t bytes = -1;
        assert_true(units_parse(sizes[i].text, &bytes));
        assert_int_equal(bytes, sizes[i].bytes);
    }
}

static void what_is_no_size_is_refused(void **state)
{
    static const char *const texts[] = {"",    "-1",  "MiB",  "1X", "1MiBs", "1 2", "0x10",
                                        "inf", "nan", "1e99", "+5", " 5",    "1Mx"};
    int64_t bytes;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(units_parse(texts[i], &bytes));
}

TEST_MAIN(cmocka_unit_test(bytes_have_one_decimal_and_a_binary_unit),
          cmocka_unit_test(signs_are_shown_when_asked_for),
          cmocka_unit_test(counts_have_thousands_parted),
          cmocka_unit_test(sizes_are_read_as_people_write_them),
          cmocka_unit_test(what_is_no_size_is_refused))
