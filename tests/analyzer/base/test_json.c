/* test_json.c -- JSON strings in files and inside a script element, and cJSON's members.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/json.h"

#include "test.h"

static void expect_json(const char *text, enum json_place place, const char *json)
{
    struct text out = {0};
    json_add_string(&out, text, place);
    assert_string_equal(out.bytes, json);
    text_done(&out);
}

static void nothing_ends_the_script_element(void **state)
{
    (void)state;
    expect_json("</script><!--&", JSON_IN_SCRIPT, "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
    expect_json("a\"b\\c\n\x01", JSON_IN_SCRIPT, "\"a\\u0022b\\u005cc\\u000a\\u0001\"");
    expect_json("\xe2\x80\xa8|\xe2\x80\xa9|\xe2\x80\xaa", JSON_IN_SCRIPT,
                "\"\\u2028|\\u2029|\xe2\x80\xaa\"");
    expect_json("", JSON_IN_SCRIPT, "\"\"");
}

static void in_files_only_what_json_asks_for_is_escaped(void **state)
{
    (void)state;
    expect_json("</script>&\xe2\x80\xa8", JSON_IN_FILE, "\"</script>&\xe2\x80\xa8\"");
    expect_json("a\"b\\c\n\x01", JSON_IN_FILE, "\"a\\\"b\\\\c\\u000a\\u0001\"");
}

static void invalid_bytes_become_replacement_characters(void **state)
{
    (void)state;
    for (int place = JSON_IN_FILE; place <= JSON_IN_SCRIPT; place++) {
        expect_json("a\xff\"", (enum json_place)place,
                    place == JSON_IN_FILE ? "\"a\xef\xbf\xbd\\\"\"" : "\"a\xef\xbf\xbd\\u0022\"");
        expect_json("\xc3", (enum json_place)place, "\"\xef\xbf\xbd\"");
    }
}

static void members_are_clean_and_missing_texts_are_null(void **state)
{
    (void)state;
    struct text out = {0};
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "a", "<\xff>");
    json_set_string(object, "b", NULL);
    json_set_number(object, "c", 1LL << 52);
    json_add_object(&out, object);
    assert_string_equal(out.bytes,
                        "{\"a\":\"\\u003c\xef\xbf\xbd\\u003e\",\"b\":null,\"c\":4503599627370496}");
    text_done(&out);
}

TEST_MAIN(cmocka_unit_test(nothing_ends_the_script_element),
          cmocka_unit_test(in_files_only_what_json_asks_for_is_escaped),
          cmocka_unit_test(invalid_bytes_become_replacement_characters),
          cmocka_unit_test(members_are_clean_and_missing_texts_are_null))
