/* disk.c -- How SQLite reaches the disk: why it could not, and never into a file of the program's.
 *
 * SQLite says "disk I/O error" and forgets errno. And where our thread has to share the program's
 * descriptors (control/apart.c), a program that closes them all and opens files of its own would
 * have the snapshot written into one of those: so SQLite's gets a high number, which nobody is
 * given by chance, and each write looks first whether the file is still the one that was opened.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "snapshot/rows.h"

static int first_error;
static struct descriptor opened; /* one file at a time: there is no journal */

static void note(void)
{
    if (!first_error)
        first_error = errno;
}

static int open_it(const char *path, int flags, int mode)
{
    int fd = descriptors_open(path, flags, (mode_t)mode);
    if (fd < 0)
        note();
    else if ((flags & O_ACCMODE) == O_RDWR)
        opened = descriptors_name(fd);
    return fd;
}

static int close_it(int fd)
{
    return fd == opened.fd ? descriptors_close(&opened) : close(fd);
}

/* A full disk writes less, and then SQLite writes the rest, and learns why. */
static ssize_t write_it(int fd, const void *bytes, size_t size, off_t at)
{
    if (fd == opened.fd && !descriptors_is_ours(&opened))
        errno = EBADF;
    else {
        ssize_t written = pwrite(fd, bytes, size, at);
        if (written >= 0 || errno == EINTR)
            return written;
    }
    note();
    return -1;
}

static int cut_it(int fd, off_t size)
{
    if (fd == opened.fd && !descriptors_is_ours(&opened)) {
        errno = EBADF;
        note();
        return -1;
    }
    return ftruncate(fd, size);
}

void disk_init(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix-none");
    typedef sqlite3_syscall_ptr call;
    vfs->xSetSystemCall(vfs, "open", (call)open_it);
    vfs->xSetSystemCall(vfs, "close", (call)close_it);
    vfs->xSetSystemCall(vfs, "ftruncate", (call)cut_it);
    vfs->xSetSystemCall(vfs, "pwrite", (call)write_it);
    vfs->xSetSystemCall(vfs, "pwrite64", (call)write_it);
}

void disk_begin(void)
{
    first_error = 0;
}

int disk_error(void)
{
    return first_error;
}
