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
