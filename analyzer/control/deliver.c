/* deliver.c -- Getting a finished snapshot to where the asker wants it.
 *
 * The process writes the file with its own rights into its own tree of files. When it may not
 * write where the asker may, or lives in another tree (chroot, container), it writes where it
 * always does and the asker fetches the file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Same root and same mounts. */
static bool is_same_tree(pid_t pid)
{
    static const char *const links[] = {"root", "ns/mnt"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        char ours[64], theirs[64];
        struct stat a, b;
        snprintf(ours, sizeof ours, "/proc/self/%s", links[i]);
        snprintf(theirs, sizeof theirs, "/proc/%d/%s", (int)pid, links[i]);
        if (stat(ours, &a) < 0 || stat(theirs, &b) < 0 || a.st_ino != b.st_ino ||
            a.st_dev != b.st_dev)
            return false;
    }
    return true;
}

static void add_absolute(struct text *text, const char *path)
{
    char *directory = path[0] == '/' ? NULL : getcwd(NULL, 0);
    if (directory)
        text_format(text, "%s/", strcmp(directory, "/") == 0 ? "" : directory);
    text_add(text, path);
    free(directory);
}

static bool check_folder(const struct deliver *deliver, struct error *error)
{
    char *copy = strdup(deliver->wanted.bytes);
    const char *folder = copy ? dirname(copy) : "/";
    bool good = deliver->is_folder || is_folder(folder);
    if (!good)
        error_set(error, "make it first", "there is no folder %s", folder);
    free(copy);
    return good;
}

bool deliver_init(struct deliver *deliver, pid_t pid, const char *path, struct error *error)
{
    *deliver = (struct deliver){.pid = pid, .is_same_tree = is_same_tree(pid)};
    text_add(&deliver->wanted, "");
    if (!path)
        return true;
    add_absolute(&deliver->wanted, path);
    deliver->is_folder = is_folder(path);
    if (check_folder(deliver, error))
        return true;
    deliver_done(deliver);
    return false;
}

void deliver_done(struct deliver *deliver)
{
    text_done(&deliver->wanted);
}

const char *deliver_asked_path(const struct deliver *deliver)
{
    return deliver->is_same_tree && !deliver->is_folder ? deliver->wanted.bytes : "";
}

static bool copy_bytes(int from, int to)
{
    ssize_t copied;
    while ((copied = sendfile(to, from, NULL, (size_t)1 << 24)) > 0)
        ;
    return copied == 0 && fsync(to) == 0;
}

/* Under a temporary name first: a file with its final name is whole. */
static bool copy_file(const char *from, const char *to)
{
    struct text temporary = {0};
    text_format(&temporary, "%s.XXXXXX", to);
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int target = source < 0 ? -1 : mkostemp(temporary.bytes, O_CLOEXEC);
    bool good = target >= 0 && copy_bytes(source, target) && rename(temporary.bytes, to) == 0;
    int saved = errno;
    if (target >= 0 && !good)
        unlink(temporary.bytes);
    if (target >= 0)
        close(target);
    if (source >= 0)
        close(source);
    text_done(&temporary);
    errno = saved;
    return good;
}

static bool move_file(const char *from, const char *to)
{
    if (rename(from, to) == 0)
        return true;
    if (!copy_file(from, to))
        return false;
    unlink(from); /* not ours to remove perhaps; the copy is what counts */
    return true;
}

bool deliver_finish(const struct deliver *deliver, const char *answer, struct text *path,
                    struct error *error)
{
    struct text from = {0}, to = {0};
    bool good = true;
    if (!deliver->is_same_tree)
        text_format(&from, "/proc/%d/root", (int)deliver->pid);
    text_add(&from, answer);
    text_add(&to, deliver->wanted.length ? deliver->wanted.bytes : from.bytes);
    if (deliver->is_folder)
        text_format(&to, "/%s", text_base_name(answer));
    if (strcmp(from.bytes, to.bytes) != 0 && !move_file(from.bytes, to.bytes))
        good = error_set(error, NULL, "cannot write %s: %s (the snapshot lies at %s)", to.bytes,
                         strerror(errno), from.bytes);
    if (good)
        text_add(path, to.bytes);
    text_done(&from);
    text_done(&to);
    return good;
}
