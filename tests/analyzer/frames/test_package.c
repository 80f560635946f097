/* test_package.c -- Packages of files, and names of files that several folders have.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/package.h"

#include "frames/base_names.h"
#include "test.h"

#include <string.h>

static struct pool *pool;

static void check(const char *path, const char *name)
{
    const char *found = package_name(path, pool);
    if (name)
        assert_string_equal(found, name);
    else
        assert_null(found);
}

static void files_of_packages_have_their_name(void **state)
{
    pool = pool_new();
    check("/srv/node_modules/express/lib/router/index.js", "express");
    check("/srv/node_modules/@scope/name/index.js", "@scope/name");
    check("/srv/node_modules/a/node_modules/b/index.js", "b");
    check("node_modules/a/index.js", "a");
    check("/v/lib/python3.11/site-packages/numpy/core/numeric.py", "numpy");
    check("/v/lib/python3.11/site-packages/six.py", "six");
    check("/v/lib/python3.11/site-packages/numpy.libs/libopenblas.so", "numpy");
    check("/v/lib/python3.11/site-packages/_cffi.cpython-311-x86_64-linux-gnu.so", "_cffi");
    check("/root/.cargo/registry/src/index.crates.io-6f17/serde-1.0.1/src/lib.rs", "serde-1.0.1");
    check("/root/go/pkg/mod/github.com/a/b@v1.2.3/x.go", "github.com/a/b@v1.2.3");
    check("/var/gems/rack-2.2/lib/rack.rb", "rack-2.2");
    pool_free(pool);
}

static void other_files_have_none(void **state)
{
    pool = pool_new();
    check("/srv/server.js", NULL);
    check("/srv/my_node_modules/server.js", NULL);
    check("/srv/node_modules/", NULL);
    check("/srv/node_modules//x", NULL);
    check("/root/.cargo/registry/src/", NULL);
    check(NULL, NULL);
    pool_free(pool);
}

static void methods_have_the_package_of_their_class(void **state)
{
    pool = pool_new();
    assert_string_equal(package_of_method("org.a.web.deep.Server$1.run", pool), "org.a.web");
    assert_string_equal(package_of_method("okio.Buffer.get", pool), "okio");
    assert_null(package_of_method("Main.main", pool));
    assert_null(package_of_method("main", pool));
    assert_null(package_of_method("..", pool));
    pool_free(pool);
}

static void files_keep_the_folders_that_tell_them_apart(void **state)
{
    struct base_names names = {0};
    const char *const files[] = {"/srv/a/index.js", "/srv/b/index.js", "/srv/b/x/b/index.js",
                                 "/srv/server.js",  "/srv/server.js",  "index.js"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        base_names_add(&names, files[i]);
    assert_string_equal(base_names_shortest(&names, files[0]), "a/index.js");
    assert_string_equal(base_names_shortest(&names, files[1]), "srv/b/index.js");
    assert_string_equal(base_names_shortest(&names, files[2]), "x/b/index.js");
    assert_string_equal(base_names_shortest(&names, files[3]), "server.js");
    assert_string_equal(base_names_shortest(&names, files[5]), "index.js");
    assert_string_equal(base_names_shortest(&names, "/srv/other.js"), "other.js");
    assert_string_equal(base_names_shortest(NULL, files[0]), "index.js");
    base_names_done(&names);
}

TEST_MAIN(cmocka_unit_test(files_of_packages_have_their_name),
          cmocka_unit_test(other_files_have_none),
          cmocka_unit_test(methods_have_the_package_of_their_class),
          cmocka_unit_test(files_keep_the_folders_that_tell_them_apart))
