/* descriptors.c -- Descriptors of ours, where they may have to live among the program's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#define HIGH_MOST 60000 /* tables grow to the highest number in use */
#define TRIES     16

static bool is_shared;

void descriptors_set_shared(bool shared)
{
    is_shared = shared;
}

int descriptors_keep(int fd)
{
    struct rlimit limit;
    if (!is_shared || fd < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return fd;
    int saved = errno;
    rlim_t high = limit.rlim_cur / 4 * 3 < HIGH_MOST ? limit.rlim_cur / 4 * 3 : HIGH_MOST;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, (int)high);
    errno = saved;
    if (moved < 0)
        return fd;
    close(fd);
    return moved;
}

static bool is_file(int fd, const char *path)
{
    struct stat opened, named;
    return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

int descriptors_open(const char *path, int flags, mode_t mode)
{
    for (int turn = 0; turn < TRIES; turn++) {
        int first = open(path, flags, mode), fd = descriptors_keep(first);
        if (fd < 0 || !is_shared || is_file(fd, path))
            return fd;
        if (fd != first)
            close(fd); /* a copy of the program's own file */
        if (flags & O_EXCL)
            unlink(path);
    }
    errno = EBADF;
    return -1;
}

struct descriptor descriptors_name(int fd)
{
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0)
        return (struct descriptor){.fd = fd};
    return (struct descriptor){.fd = fd, .device = status.st_dev, .inode = status.st_ino};
}

bool descriptors_is_ours(const struct descriptor *descriptor)
{
    struct stat status;
    return !is_shared ||
           (fstat(descriptor->fd, &status) == 0 && status.st_dev == descriptor->device &&
            status.st_ino == descriptor->inode);
}

int descriptors_close(struct descriptor *descriptor)
{
    int fd = descriptor->fd;
    bool ours = fd >= 0 && descriptors_is_ours(descriptor);
    descriptor->fd = -1;
    return ours ? close(fd) : 0;
}
