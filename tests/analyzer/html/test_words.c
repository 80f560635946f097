/* test_words.c -- Texts of strangers inside a script element, said once each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/words.h"

#include "test.h"

static void expect_json(const char *text, const char *json)
{
    struct text out = {0};
    words_json(&out, text);
    assert_string_equal(out.bytes, json);
    text_done(&out);
}

static void nothing_ends_the_script_element(void **state)
{
    expect_json("</script><!--&", "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
    expect_json("a\"b\\c\n\x01", "\"a\\u0022b\\u005cc\\u000a\\u0001\"");
    expect_json("\xe2\x80\xa8|\xe2\x80\xa9|\xe2\x80\xaa", "\"\\u2028|\\u2029|\xe2\x80\xaa\"");
    expect_json("", "\"\"");
}

static void texts_are_clean_and_said_once(void **state)
{
    struct words words = {0};
    struct text out = {0};
    assert_int_equal(words_text(&words, NULL), -1);
    assert_int_equal(words_text(&words, "plain"), 0);
    assert_int_equal(words_text(&words, "a\xff\x1b[31m\xe2\x80\xae"), 1);
    assert_int_equal(words_text(&words, "plain"), 0);
    words_write(&words, &out);
    assert_string_equal(out.bytes, "\"strings\":[\"plain\",\"a\xef\xbf\xbd?[31m?\"],\"frames\":[]");
    text_done(&out);
    words_done(&words);
}

static void equal_frames_have_one_number(void **state)
{
    struct words words = {0};
    struct frame one = {.function = "f", .file = "x.c", .line = 3, .is_named = true};
    struct frame other = one, inlined = one;
    inlined.is_inlined = true;
    assert_int_equal(words_frame(&words, &one, true), 0);
    assert_int_equal(words_frame(&words, &one, true), 0);
    assert_int_equal(words_frame(&words, &other, false), 0);
    assert_int_equal(words_frame(&words, &inlined, false), 1);
    words_done(&words);
}

TEST_MAIN(cmocka_unit_test(nothing_ends_the_script_element),
          cmocka_unit_test(texts_are_clean_and_said_once),
          cmocka_unit_test(equal_frames_have_one_number))
