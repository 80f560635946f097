/* place.c -- The place of a file to be written, and how to replace a file there without harm.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* stat comes first: for it the kernel refuses other users' links in folders like /tmp
 * (fs.protected_symlinks), while realpath follows them. */
static bool follow(const char *path, struct text *real, struct stat *status, struct error *error)
{
    if (stat(path, status) != 0)
        return error_set(
            error, "remove the link, or name another file",
            "cannot write %s: it is a link, and what it leads to cannot be reached: %s", path,
            strerror(errno));
    char *target = S_ISREG(status->st_mode) ? realpath(path, NULL) : NULL;
    if (target)
        text_add(real, target);
    else
        status->st_mode = S_ISREG(status->st_mode) ? S_IFIFO : status->st_mode; /* has no name */
    free(target);
    return true;
}

bool place_find(const char *path, struct text *real, bool *is_stream, struct error *error)
{
    struct stat status;
    *is_stream = false;
    bool is_there = lstat(path, &status) == 0; /* if not: opening it will say why */
    if (is_there && S_ISLNK(status.st_mode) && !follow(path, real, &status, error))
        return false;
    if (is_there && S_ISDIR(status.st_mode))
        return error_set(error, "name a file in it", "cannot write %s: %s", path, strerror(EISDIR));
    *is_stream = is_there && !S_ISREG(status.st_mode);
    if (!real->length)
        text_add(real, path);
    return true;
}

bool place_find_file(const char *path, struct text *real, struct error *error)
{
    bool is_stream;
    if (!place_find(path, real, &is_stream, error))
        return false;
    return !is_stream ||
           error_set(error, "name a file", "cannot write %s: it is not a regular file", path);
}

void place_folder(const char *path, struct text *folder)
{
    const char *name = text_base_name(path);
    text_add_n(folder, name > path ? path : ".", name > path ? (size_t)(name - path) : 1);
}

/* The new name is there in any case: a folder that cannot be synced is no failure. */
static void sync_folder(const char *path)
{
    struct text name = {0};
    place_folder(path, &name);
    int folder = open(name.bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    text_done(&name);
}

/* 0 where nothing or a file lies, else an errno. */
static int place_check(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return errno == ENOENT ? 0 : errno;
    return S_ISREG(status.st_mode) ? 0 : S_ISDIR(status.st_mode) ? EISDIR : EEXIST;
}

/* Exchanges the two names, then checks what came out, which no other process uses by this name. */
static int trade(const char *part, const char *path)
{
    if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_EXCHANGE) != 0)
        return errno;
    int failure = place_check(part);
    if (!failure)
        unlink(part);
    else
        renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_EXCHANGE);
    return failure;
}

/* On a file system without these ways of renaming the check and the rename are two steps. */
static int place_replace(const char *part, const char *path)
{
    int failure = place_check(path);
    return failure ? failure : rename(part, path) == 0 ? 0 : errno;
}

bool place_put(const char *part, const char *path)
{
    int failure = ENOENT;
    for (int turn = 0; turn < 8 && failure == ENOENT; turn++) {
        failure = renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0 ? 0 : errno;
        if (failure == EEXIST)
            failure = trade(part, path); /* ENOENT: it has gone meanwhile */
    }
    if (failure == EINVAL || failure == ENOSYS)
        failure = place_replace(part, path);
    if (!failure)
        sync_folder(path);
    errno = failure;
    return failure == 0;
}
