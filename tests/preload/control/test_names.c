/* test_names.c -- From HEAPDIFF_OUT to the path of a snapshot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "control/snapshot.h"
#include "test.h"

static char path[PROTOCOL_PATH_SIZE];

static const char *fill(const char *template, const char *label)
{
    if (!snapshot_fill_name(path, sizeof path, template, "server", 77, 3, label))
        return NULL;
    return path;
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
    assert_true(snapshot_fill_name(small, sizeof small, "1234567", "e", 1, 1, ""));
    assert_string_equal(small, "1234567");
    assert_false(snapshot_fill_name(small, sizeof small, "12345678", "e", 1, 1, ""));
    assert_false(snapshot_fill_name(small, sizeof small, "%l", "e", 1, 1, "12345678"));
    assert_false(snapshot_fill_name(small, sizeof small, "", "e", 1, 1, ""));
    assert_false(snapshot_fill_name(small, sizeof small, "%l", "e", 1, 1, ""));
}

TEST_MAIN(cmocka_unit_test(every_placeholder_is_filled_in),
          cmocka_unit_test(unknown_placeholders_stay),
          cmocka_unit_test(a_label_cannot_lead_out_of_the_folder),
          cmocka_unit_test(what_does_not_fit_in_is_refused))
