/* test_draft.c -- A file gets its name when it is whole and on disk, or stays as it was.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/draft.h"

#include "base/text.h"
#include "fixture.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int fsync(int fd);

/* In place of libc's: what was synced, in order; FAILURE is the errno of the next call. */
static char synced[16];
static int failure;

int fsync(int fd)
{
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    strncat(synced, S_ISDIR(status.st_mode) ? "d" : "f", sizeof synced - strlen(synced) - 1);
    errno = failure;
    failure = 0;
    return errno ? -1 : 0;
}

static void expect_content(const char *path, const char *expected)
{
    struct text content = {0};
    assert_true(text_read_file(&content, path, 100));
    assert_string_equal(content.bytes, expected);
    text_done(&content);
}

static int has_part(const char *path)
{
    return fixture_run("ls %s.*.part", path)->status == 0;
}

static void a_file_is_synced_then_named_then_its_folder_is_synced(void **state)
{
    (void)state;
    const char *path = fixture_path("draft");
    for (int name = DRAFT_NAMELESS; name <= DRAFT_NAMED; name++) {
        struct draft draft;
        struct stat status;
        *synced = '\0';
        unlink(path);
        assert_true(draft_begin(&draft, path, 0640, (enum draft_name)name));
        assert_true(draft_write(&draft, "new", 3));
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(access(draft.temporary, F_OK), name == DRAFT_NAMED ? 0 : -1);
        assert_true(draft_finish(&draft));
        expect_content(path, "new");
        assert_string_equal(synced, "fd");
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0640);
        assert_int_equal(has_part(path), 0);
    }
}

static void what_cannot_be_synced_does_not_replace_a_file(void **state)
{
    (void)state;
    const char *path = fixture_file("draft", "old");
    struct draft draft;
    struct error error = {0};
    assert_true(draft_open(&draft, path, &error));
    failure = EIO;
    assert_false(draft_finish(&draft));
    assert_int_equal(errno, EIO);
    expect_content(path, "old");
    assert_int_equal(has_part(path), 0);
}

static void a_discarded_draft_leaves_nothing(void **state)
{
    (void)state;
    const char *path = fixture_file("draft", "old");
    for (int name = DRAFT_NAMELESS; name <= DRAFT_NAMED; name++) {
        struct draft draft;
        assert_true(draft_begin(&draft, path, 0600, (enum draft_name)name));
        assert_true(draft_write(&draft, "new", 3));
        draft_discard(&draft);
        expect_content(path, "old");
        assert_int_equal(has_part(path), 0);
    }
}

static void a_link_stays_a_link(void **state)
{
    (void)state;
    const char *target = fixture_file("draft.target", "old"), *path = fixture_path("draft");
    struct draft draft;
    struct error error = {0};
    unlink(path);
    assert_int_equal(symlink("draft.target", path), 0);
    assert_true(draft_begin(&draft, path, 0600, DRAFT_NAMELESS));
    assert_false(draft_finish(&draft));
    assert_int_equal(errno, EEXIST);
    expect_content(target, "old");
    assert_true(draft_open(&draft, path, &error));
    assert_true(draft_write(&draft, "new", 3));
    assert_true(draft_finish(&draft));
    expect_content(target, "new");
    unlink(path);
}

static void a_pipe_is_written_to_and_neither_synced_nor_replaced(void **state)
{
    (void)state;
    const char *path = fixture_path("pipe");
    struct draft draft;
    struct error error = {0};
    struct stat status;
    char got[4] = "";
    *synced = '\0';
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_true(draft_open(&draft, path, &error));
    assert_true(draft_write(&draft, "new", 3));
    assert_true(draft_finish(&draft));
    assert_int_equal(read(reader, got, 3), 3);
    assert_string_equal(got, "new");
    assert_string_equal(synced, "");
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    close(reader);
    unlink(path);
}

static void what_cannot_be_opened_is_said(void **state)
{
    (void)state;
    struct draft draft;
    struct error error = {0};
    assert_false(draft_open(&draft, fixture_path("missing/draft"), &error));
    assert_non_null(strstr(error.message, "No such file"));
    assert_false(draft_begin(&draft, fixture_path("missing/draft"), 0600, DRAFT_NAMED));
    assert_int_equal(errno, ENOENT);
}

TEST_MAIN(cmocka_unit_test(a_file_is_synced_then_named_then_its_folder_is_synced),
          cmocka_unit_test(what_cannot_be_synced_does_not_replace_a_file),
          cmocka_unit_test(a_discarded_draft_leaves_nothing), cmocka_unit_test(a_link_stays_a_link),
          cmocka_unit_test(a_pipe_is_written_to_and_neither_synced_nor_replaced),
          cmocka_unit_test(what_cannot_be_opened_is_said))
