/* test_file.c -- A forked child lets go of the snapshot on its way, and of nothing else; who sweeps
 * removes files without a lock, and no others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static char folder[] = "/tmp/heapdiff-test-file.XXXXXX";
static struct file file;

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* A path in the folder, until the next one is asked for. */
static const char *in_folder(const char *name)
{
    static char path[sizeof folder + 40];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void begin(void)
{
    assert_int_equal(file_begin(&file, in_folder("a.db")), 0);
    assert_true(file.lock >= 0);
}

/* What happens between a sweeper's opening of a file and its lock. */
static void (*before_next_lock)(void);

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);

int __wrap_flock(int fd, int operation)
{
    void (*happens)(void) = before_next_lock;
    before_next_lock = NULL;
    if (happens)
        happens();
    return __real_flock(fd, operation);
}

static void publish_and_begin_again(void)
{
    assert_int_equal(file_publish(&file, in_folder("a.db")), 0);
    file_end(&file);
    begin();
}

static void test_the_next_file_under_a_swept_name_stays(void **state)
{
    (void)state;
    struct file other;
    begin();
    before_next_lock = publish_and_begin_again;
    assert_int_equal(file_begin(&other, in_folder("b.db")), 0); /* sweeps */
    assert_null(before_next_lock);
    assert_string_not_equal(other.temporary, file.temporary); /* the name is still taken */
    assert_int_equal(file_publish(&file, in_folder("a.db")), 0);
    file_end(&file);
    file_end(&other);
    assert_int_equal(unlink(in_folder("a.db")), 0);
}

static void test_an_unlocked_part_is_swept(void **state)
{
    (void)state;
    int fd = open(in_folder("heapdiff.1" FILE_PART), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    begin();
    file_end(&file);
    assert_int_equal(access(in_folder("heapdiff.1" FILE_PART), F_OK), 0);
    close(fd);
    begin();
    file_end(&file);
    assert_int_not_equal(access(in_folder("heapdiff.1" FILE_PART), F_OK), 0);
}

/* ---- where a snapshot may lie -------------------------------------------------------------------
 */

static void make_pipe(void)
{
    assert_int_equal(mkfifo(in_folder("a.db"), 0600), 0);
}

static void make_link(void)
{
    assert_int_equal(symlink("elsewhere", in_folder("a.db")), 0);
}

static void make_subfolder(void)
{
    assert_int_equal(mkdir(in_folder("a.db"), 0700), 0);
}

static const struct {
    void (*make)(void);
    mode_t type;
    int error;
} obstacles[] = {{make_pipe, S_IFIFO, EMEDIUMTYPE},
                 {make_link, S_IFLNK, ELOOP},
                 {make_subfolder, S_IFDIR, EISDIR}};

static void assert_untouched(unsigned i)
{
    struct stat status;
    assert_int_equal(lstat(in_folder("a.db"), &status), 0);
    assert_int_equal(status.st_mode & S_IFMT, obstacles[i].type);
    assert_int_equal(remove(in_folder("a.db")), 0); /* and the folder has nothing else */
}

static void test_what_is_no_file_is_refused_before_anything_is_made(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof obstacles / sizeof *obstacles; i++) {
        obstacles[i].make();
        assert_int_equal(file_begin(&file, in_folder("a.db")), obstacles[i].error);
        assert_true(*file_reason(obstacles[i].error));
        file_end(&file);
        assert_untouched(i);
    }
}

/* What comes there while the snapshot is written is not lost either. */
static void test_what_is_no_file_is_never_replaced(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof obstacles / sizeof *obstacles; i++) {
        begin();
        obstacles[i].make();
        assert_int_equal(file_publish(&file, in_folder("a.db")), obstacles[i].error);
        file_end(&file);
        assert_untouched(i);
    }
}

static void test_a_file_is_replaced(void **state)
{
    (void)state;
    struct stat first, second;
    for (int i = 0; i < 2; i++) {
        begin();
        assert_int_equal(fstat(file.lock, i ? &second : &first), 0);
        assert_int_equal(file_publish(&file, in_folder("a.db")), 0);
        file_end(&file);
    }
    assert_int_not_equal(first.st_ino, second.st_ino);
    assert_int_equal(stat(in_folder("a.db"), &first), 0);
    assert_int_equal(first.st_ino, second.st_ino);
    assert_int_equal(unlink(in_folder("a.db")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_file_under_a_swept_name_stays),
        cmocka_unit_test(test_an_unlocked_part_is_swept),
        cmocka_unit_test(test_what_is_no_file_is_refused_before_anything_is_made),
        cmocka_unit_test(test_what_is_no_file_is_never_replaced),
        cmocka_unit_test(test_a_file_is_replaced),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
