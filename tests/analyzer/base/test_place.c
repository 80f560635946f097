/* test_place.c -- A file takes the place of a file, and of nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/place.h"

#include "fixture.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make(const char *path, mode_t type)
{
    unlink(path);
    rmdir(path);
    if (type == S_IFIFO)
        assert_int_equal(mkfifo(path, 0600), 0);
    else if (type == S_IFLNK)
        assert_int_equal(symlink("place.target", path), 0);
    else if (type == S_IFDIR)
        assert_int_equal(mkdir(path, 0700), 0);
}

static mode_t type_of(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

static const mode_t others[] = {S_IFIFO, S_IFLNK, S_IFDIR};

static void what_is_no_file_is_never_replaced(void **state)
{
    (void)state;
    const char *path = fixture_path("place");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *part = fixture_file("place.part", "new");
        make(path, others[i]);
        assert_false(place_put(part, path));
        assert_int_equal(errno, others[i] == S_IFDIR ? EISDIR : EEXIST);
        assert_int_equal(type_of(path), others[i]);
        assert_int_equal(type_of(part), S_IFREG);
        make(path, 0);
    }
}

static void a_file_is_replaced_and_one_that_is_not_there_is_made(void **state)
{
    (void)state;
    const char *path = fixture_path("place");
    for (int i = 0; i < 2; i++) {
        struct text content = {0};
        const char *part = fixture_file("place.part", i ? "second" : "first");
        assert_true(place_put(part, path));
        assert_int_equal(type_of(part), 0);
        assert_true(text_read_file(&content, path, 100));
        assert_string_equal(content.bytes, i ? "second" : "first");
        text_done(&content);
    }
    unlink(path);
}

static void expect_found(const char *path, const char *expected, bool expected_stream)
{
    struct text real = {0};
    struct error error = {0};
    bool is_stream;
    assert_true(place_find(path, &real, &is_stream, &error));
    assert_string_equal(real.bytes, expected);
    assert_int_equal(is_stream, expected_stream);
    real.length = 0;
    assert_int_equal(place_find_file(path, &real, &error), !expected_stream);
    text_done(&real);
}

static void names_are_known_for_what_they_stand_for(void **state)
{
    (void)state;
    struct text real = {0};
    struct error error = {0};
    bool is_stream;
    const char *path = fixture_path("place"), *target = fixture_file("place.target", "");
    expect_found(path, path, false);
    expect_found(target, target, false);
    make(path, S_IFLNK);
    expect_found(path, target, false);
    unlink(target);
    assert_false(place_find(path, &real, &is_stream, &error));
    assert_non_null(strstr(error.message, "a link"));
    make(target, S_IFIFO);
    expect_found(path, path, true);
    expect_found(target, target, true);
    unlink(target);
    make(path, S_IFDIR);
    assert_false(place_find(path, &real, &is_stream, &error));
    assert_non_null(strstr(error.message, "Is a directory"));
    make(path, 0);
    text_done(&real);
}

TEST_MAIN(cmocka_unit_test(what_is_no_file_is_never_replaced),
          cmocka_unit_test(a_file_is_replaced_and_one_that_is_not_there_is_made),
          cmocka_unit_test(names_are_known_for_what_they_stand_for))
