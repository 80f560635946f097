/* test_template.c -- From HEAPDIFF_OUT to the path of a snapshot, and to its folder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "format/template.h"
#include "test.h"

static char path[4096];

static const char *fill(const char *template, const char *label)
{
    struct template_values values = {"server", 77, 3, label};
    return template_fill(path, sizeof path, template, &values) ? path : NULL;
}

/* As a reader has it, who knows neither number nor label. */
static const char *fill_folder(const char *template, const char *program)
{
    struct template_values values = {.program = program, .pid = 77};
    return template_fill_folder(path, sizeof path, template, &values) ? path : NULL;
}

static void every_placeholder_is_filled_in(void **state)
{
    assert_string_equal(fill("heapdiff.%e.%p.%n.db", ""), "heapdiff.server.77.3.db");
    assert_string_equal(fill("/var/%l/%e%e-%p%%.db", "warm"), "/var/warm/serverserver-77%.db");
    assert_string_equal(fill("plain.db", "warm"), "plain.db");
    assert_string_equal(fill("%l%n", ""), "3");
}

static void unknown_placeholders_stay(void **state)
{
    assert_string_equal(fill("%x.%P.db%", ""), "%x.%P.db%");
    assert_string_equal(fill("%%p", ""), "%p");
}

static void a_label_cannot_lead_out_of_the_folder(void **state)
{
    assert_string_equal(fill("out/%l.db", "../../etc/passwd"), "out/-.-..-etc-passwd.db");
    assert_string_equal(fill("out/%l", ".hidden"), "out/-hidden");
    assert_string_equal(fill("out/%l", "v1.2"), "out/v1.2");
    assert_string_equal(fill("out/%l.db", "two\nlines\t"), "out/two-lines-.db");
    assert_string_equal(fill("out/%l.db", "%p%e"), "out/%p%e.db"); /* not filled in twice */
    assert_string_equal(fill("out/%l.db", "höher"), "out/höher.db");
}

static void what_does_not_fit_in_is_refused(void **state)
{
    char small[8];
    struct template_values values = {"e", 1, 1, "12345678"};
    assert_true(template_fill(small, sizeof small, "1234567", &values));
    assert_string_equal(small, "1234567");
    assert_false(template_fill(small, sizeof small, "12345678", &values));
    assert_false(template_fill(small, sizeof small, "%l", &values));
    assert_false(template_fill(small, sizeof small, "", &values));
    values.label = "";
    assert_false(template_fill(small, sizeof small, "%l", &values));
}

static void the_folder_ends_before_the_last_slash(void **state)
{
    assert_string_equal(fill_folder("/var/lib/%e.%n.%l.db", "server"), "/var/lib");
    assert_string_equal(fill_folder("/%n.db", "server"), "/");
    assert_string_equal(fill_folder("/run/%e/%p/100%%/x.db", "server"), "/run/server/77/100%");
}

static void a_folder_is_flattened_as_a_path_is(void **state)
{
    assert_string_equal(fill_folder("/run/%e/x.db", ".a\nb"), "/run/-a-b");
    assert_string_equal(fill_folder("/run/%x/%", ""), "/run/%x");
}

static void a_folder_of_each_snapshot_is_no_folder(void **state)
{
    assert_null(fill_folder("/run/%n/x.db", "server"));
    assert_null(fill_folder("/run/%l/x.db", "server"));
    assert_string_equal(fill_folder("/run/%%n/x.db", "server"), "/run/%n");
}

static void a_quoted_text_gives_itself(void **state)
{
    char quoted[64], small[4];
    assert_true(template_quote(quoted, sizeof quoted, "/100%/%p/%%e"));
    assert_string_equal(fill(quoted, ""), "/100%/%p/%%e");
    assert_true(template_quote(quoted, sizeof quoted, ""));
    assert_string_equal(quoted, "");
    assert_true(template_quote(small, sizeof small, "abc"));
    assert_false(template_quote(small, sizeof small, "ab%"));
}

TEST_MAIN(cmocka_unit_test(every_placeholder_is_filled_in),
          cmocka_unit_test(unknown_placeholders_stay),
          cmocka_unit_test(a_label_cannot_lead_out_of_the_folder),
          cmocka_unit_test(what_does_not_fit_in_is_refused),
          cmocka_unit_test(the_folder_ends_before_the_last_slash),
          cmocka_unit_test(a_folder_is_flattened_as_a_path_is),
          cmocka_unit_test(a_folder_of_each_snapshot_is_no_folder),
          cmocka_unit_test(a_quoted_text_gives_itself))
