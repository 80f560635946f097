/* deliver.c -- Moving a finished snapshot to the place that the user asked for.
 *
 * The process writes the file with its own rights into its own tree of files. When it may not write
 * to that place, or lives in another tree (chroot, container), it writes to its usual place and we
 * fetch the file. When it cannot write there either, after a chroot or a change of its user, we
 * lend it a folder inside its tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/deliver.h"

#include "base/draft.h"
#include "base/place.h"

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

/* The target where PATH is a link: the process would not follow it. */
static bool find_wanted(struct deliver *deliver, const char *path, struct error *error)
{
    struct text real = {0};
    bool good = deliver->is_folder || place_find_file(path, &real, error);
    if (good)
        add_absolute(&deliver->wanted, deliver->is_folder ? path : real.bytes);
    text_done(&real);
    return good;
}

bool deliver_init(struct deliver *deliver, pid_t pid, const char *path, struct error *error)
{
    *deliver = (struct deliver){0};
    target_open(&deliver->target, pid);
    text_add(&deliver->wanted, "");
    if (!path)
        return true;
    deliver->is_folder = is_folder(path);
    bool good = find_wanted(deliver, path, error) && check_folder(deliver, error);
    if (!good)
        deliver_done(deliver);
    return good;
}

void deliver_done(struct deliver *deliver)
{
    if (deliver->lent.length) {
        deliver->lent.bytes[strrchr(deliver->lent.bytes, '/') - deliver->lent.bytes] = '\0';
        target_take_back(&deliver->target, deliver->lent.bytes);
    }
    text_done(&deliver->lent);
    text_done(&deliver->wanted);
    target_close(&deliver->target);
}

const char *deliver_asked_path(struct deliver *deliver, int try)
{
    bool direct = deliver->target.is_ours && !deliver->is_folder && deliver->wanted.length;
    if (try == 0 && direct)
        return deliver->wanted.bytes;
    if (try == (direct ? 1 : 0))
        return "";
    if (try > (direct ? 2 : 1) || !deliver->wanted.length ||
        !target_lend(&deliver->target, &deliver->lent))
        return NULL;
    text_format(&deliver->lent, "/heapdiff.%d.db", (int)deliver->target.pid);
    return deliver->lent.bytes;
}

static bool copy_bytes(int from, int to)
{
    ssize_t copied;
    while ((copied = sendfile(to, from, NULL, (size_t)1 << 24)) > 0)
        ;
    return copied == 0;
}

/* With the rights that the process gives its files: for its owner alone. */
static bool copy_file(int source, const char *to)
{
    struct draft draft;
    if (!draft_begin(&draft, to, 0600, DRAFT_NAMELESS))
        return false;
    if (copy_bytes(source, draft.file))
        return draft_finish(&draft);
    draft_discard(&draft);
    return false;
}

/* A file of our user in our own tree can be moved; any other is copied and then removed. */
static bool deliver_fetch(const struct deliver *deliver, const char *answer, const char *to,
                          struct error *error)
{
    struct stat status;
    if (deliver->target.is_ours && deliver->target.uid == geteuid() &&
        lstat(answer, &status) == 0 && S_ISREG(status.st_mode) && place_put(answer, to))
        return true;
    int source = target_open_file(&deliver->target, answer, error);
    if (source < 0)
        return false;
    bool good = copy_file(source, to);
    if (!good)
        error_set(error, NULL, "cannot write %s: %s (the snapshot is at %s%s%s)", to,
                  strerror(errno), deliver->target.is_ours ? "" : deliver->target.task,
                  deliver->target.is_ours ? "" : "/root", answer);
    else
        target_remove(&deliver->target, answer); /* if we may; the copy is what counts */
    close(source);
    return good;
}

bool deliver_finish(const struct deliver *deliver, const char *answer, struct text *path,
                    struct error *error)
{
    struct text to = {0};
    bool good = true;
    if (deliver->wanted.length)
        text_add(&to, deliver->wanted.bytes);
    else
        text_format(&to, "%s%s%s", deliver->target.is_ours ? "" : deliver->target.task,
                    deliver->target.is_ours ? "" : "/root", answer);
    if (deliver->is_folder)
        text_format(&to, "/%s", text_base_name(answer));
    if (deliver->wanted.length && (!deliver->target.is_ours || strcmp(answer, to.bytes) != 0))
        good = deliver_fetch(deliver, answer, to.bytes, error);
    if (good)
        text_add(path, to.bytes);
    text_done(&to);
    return good;
}
