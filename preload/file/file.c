/* file.c -- A file that gets its name when it is whole, and removal of files that never did.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/host.h"

#define TRIES 8

/* The name of the file on its way, for file_abandon. */
static _Atomic(const char *) unfinished;

/* The folder of a path, with its last slash; "" when the path has none. */
static void folder_of(const char *path, char *folder)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    memcpy(folder, path, length);
    folder[length] = '\0';
}

static bool is_part(const char *name)
{
    size_t length = strlen(name), ending = strlen(FILE_PART);
    return length > ending && strcmp(name + length - ending, FILE_PART) == 0;
}

static bool is_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* Between the opening and the lock the writer may have finished: then the name is gone, or that of
 * its next file. While the lock is ours the name of this very file cannot change hands. */
static bool remove_unheld(int folder, const char *name, void *context)
{
    struct stat opened, named;
    (void)context;
    int fd =
        is_part(name) ? openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
    if (fd < 0)
        return true;
    if (fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && is_file(&opened, &named))
        unlinkat(folder, name, 0);
    close(fd);
    return true;
}

/* Another process that sweeps may remove the file between its making and its lock. */
static int file_lock(int fd)
{
    struct stat status;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? EAGAIN : 0; /* a file system without locks */
    if (fstat(fd, &status) != 0)
        return errno;
    return status.st_nlink == 0 ? EAGAIN : 0;
}

/* Another living process may have our pid in another namespace: then with a number behind it. */
static int file_make(struct file *file, const char *folder, int number)
{
    int length = snprintf(file->temporary, sizeof file->temporary,
                          number ? "%sheapdiff.%d-%d" FILE_PART : "%sheapdiff.%d" FILE_PART, folder,
                          (int)host_pid(), number);
    if (length >= (int)sizeof file->temporary)
        return ENAMETOOLONG;
    int fd = open(file->temporary, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno;
    int error = fchmod(fd, 0600) != 0 ? errno : file_lock(fd); /* whatever the umask is */
    if (error) {
        close(fd);
        return error;
    }
    file->lock = fd;
    atomic_store(&unfinished, file->temporary);
    return 0;
}

/* 0 where a snapshot may lie: nothing, or a file. */
static int check_place(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return errno == ENOENT ? 0 : errno;
    return S_ISREG(status.st_mode)   ? 0
           : S_ISDIR(status.st_mode) ? EISDIR
           : S_ISLNK(status.st_mode) ? ELOOP
                                     : EMEDIUMTYPE;
}

const char *file_reason(int error)
{
    return error == ELOOP ? "a symbolic link, which a snapshot neither follows nor replaces"
           : error == EMEDIUMTYPE
               ? "not a regular file, and never replaced (HEAPDIFF_AT_EXIT=0: none at exit)"
               : strerrordesc_np(error);
}

int file_begin(struct file *file, const char *path)
{
    char folder[PROTOCOL_PATH_SIZE];
    file->lock = -1;
    int error = check_place(path);
    if (error)
        return error;
    folder_of(path, folder);
    folder_each(*folder ? folder : ".", remove_unheld, NULL);
    error = EEXIST;
    for (int number = 0; number < TRIES && (error == EEXIST || error == EAGAIN); number++)
        error = file_make(file, folder, number);
    return error;
}

static void sync_folder(const char *path)
{
    char folder[PROTOCOL_PATH_SIZE];
    folder_of(path, folder);
    int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems cannot; the rename has happened */
        close(fd);
    }
}

/* The file that lay in the final place now has our temporary name, and no lock: another process may
 * be about to sweep it. That must not hit the next file with this name. */
static void remove_replaced(const char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0)
        flock(fd, LOCK_EX | LOCK_NB); /* a process that holds it removes the name, as we do */
    unlink(name);
    if (fd >= 0)
        close(fd);
}

/* Exchanges the two names, and removes the file that lay there if it may go. Only a file can be
 * lost by this, whatever has come there since we looked. */
static int file_trade(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_EXCHANGE) != 0)
        return errno;
    int error = check_place(temporary);
    if (!error)
        remove_replaced(temporary);
    else if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_EXCHANGE) != 0)
        return errno;
    return error;
}

/* A file system without these ways of renaming leaves a moment between the look and the rename. */
static int file_replace(const char *temporary, const char *path)
{
    int error = check_place(path);
    return error ? error : rename(temporary, path) == 0 ? 0 : errno;
}

static int put_in_place(const char *temporary, const char *path)
{
    int error = EEXIST;
    for (int turn = 0; turn < TRIES && (error == EEXIST || error == ENOENT); turn++) {
        if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
            return 0;
        error = errno == EEXIST ? file_trade(temporary, path) : errno;
    }
    return error == EINVAL || error == ENOSYS ? file_replace(temporary, path) : error;
}

int file_publish(struct file *file, const char *path)
{
    int error = fsync(file->lock) != 0 ? errno : put_in_place(file->temporary, path);
    if (error)
        return error;
    *file->temporary = '\0';
    sync_folder(path);
    return 0;
}

void file_end(struct file *file)
{
    if (file->lock < 0)
        return;
    if (*file->temporary)
        unlink(file->temporary);
    atomic_store(&unfinished, NULL);
    close(file->lock);
    file->lock = -1;
}

void file_abandon(void)
{
    const char *name = atomic_exchange(&unfinished, NULL);
    if (name && *name)
        unlink(name);
}

void file_forked(void)
{
    atomic_store(&unfinished, NULL);
}
