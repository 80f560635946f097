/* test_words.c -- Texts and frames of a page, each written once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/words.h"

#include "test.h"

static void texts_are_clean_and_said_once(void **state)
{
    struct words words = {0};
    struct text out = {0};
    assert_int_equal(words_text(&words, NULL), -1);
    assert_int_equal(words_text(&words, "plain"), 0);
    assert_int_equal(words_text(&words, "a\xff\x1b[31m\xe2\x80\xae"), 1);
    assert_int_equal(words_text(&words, "plain"), 0);
    words_write(&words, &out);
    assert_string_equal(out.bytes, "\"strings\":[\"plain\",\"a\xef\xbf\xbd?[31m?\"],\"frames\":[],"
                                   "\"frame_owners\":[]");
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

TEST_MAIN(cmocka_unit_test(texts_are_clean_and_said_once),
          cmocka_unit_test(equal_frames_have_one_number))
