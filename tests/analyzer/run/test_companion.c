/* test_companion.c -- Where the companion of Node programs is found, and who gets it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/companion.h"

#include "fixture.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_found(const char *shim, const char *companion)
{
    struct text path = {0};
    assert_int_equal(companion_find(shim, &path), companion != NULL);
    if (companion)
        assert_string_equal(path.bytes, companion);
    text_done(&path);
}

static void it_lies_beside_the_shim_or_one_folder_deeper(void **state)
{
    const char *shim = fixture_path("libheapdiff.so");
    expect_found(shim, NULL);
    assert_int_equal(mkdir(fixture_path("heapdiff"), 0700), 0);
    const char *deeper = fixture_file("heapdiff/heapdiff-node.cjs", "");
    expect_found(shim, deeper);
    const char *beside = fixture_file("heapdiff-node.cjs", "");
    expect_found(shim, beside);
    unlink(deeper);
    rmdir(fixture_path("heapdiff"));
}

static bool gets_it(const char *first, const char *second, bool is_followed)
{
    char *const program[] = {(char *)first, (char *)second, NULL};
    return companion_may_help(program, is_followed);
}

static void programs_that_may_be_node_get_it(void **state)
{
    const char *script = fixture_file("start", "#!/bin/false\n");
    assert_true(gets_it("node", "server.js", false));
    assert_true(gets_it("/opt/node/bin/node", "server.js", false));
    assert_true(gets_it("npm", "start", false));
    assert_true(gets_it("nice", "node", false));
    assert_true(gets_it("/bin/sh", "-c", false));
    assert_true(gets_it(script, NULL, false));
    assert_true(gets_it("/bin/true", NULL, true));
}

static void others_do_not(void **state)
{
    assert_false(gets_it("/bin/true", NULL, false));
    assert_false(gets_it("true", "node.txt", false));
    assert_false(gets_it("/nowhere/at/all", NULL, false));
}

static void nor_does_node_under_its_permission_model(void **state)
{
    assert_false(gets_it("node", "--experimental-permission", false));
    assert_false(gets_it("node", "--permission", true));
    setenv("NODE_OPTIONS", "--experimental-permission", 1);
    assert_false(gets_it("node", "server.js", false));
    unsetenv("NODE_OPTIONS");
}

TEST_MAIN(cmocka_unit_test(it_lies_beside_the_shim_or_one_folder_deeper),
          cmocka_unit_test(programs_that_may_be_node_get_it), cmocka_unit_test(others_do_not),
          cmocka_unit_test(nor_does_node_under_its_permission_model))
