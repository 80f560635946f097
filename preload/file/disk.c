/* disk.c -- How SQLite reaches the disk, and the errno that it forgets.
 *
 * Writing to the disk begins while rows are still collected: after every few megabytes we ask the
 * kernel to write, without waiting. The sync at the end, for which the asker waits, then finds
 * little left to do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/rows.h"

static int first_error;
static int opened = -1; /* one file at a time: there is no journal */
static size_t unsent;   /* bytes written since the kernel was last asked to write */
#define SEND_BYTES ((size_t)4 << 20)

static void disk_note(void)
{
    if (!first_error)
        first_error = errno;
}

static int open_it(const char *path, int flags, int mode)
{
    int fd = open(path, flags, (mode_t)mode);
    if (fd < 0)
        disk_note();
    else if ((flags & O_ACCMODE) == O_RDWR) {
        opened = fd;
        unsent = 0;
    }
    return fd;
}

static int close_it(int fd)
{
    if (fd == opened)
        opened = -1;
    return close(fd);
}

/* A hint: an error will come again with the sync at the end. */
static void send_some(int fd, size_t written)
{
    int saved = errno;
    unsent += written;
    if (unsent < SEND_BYTES)
        return;
    sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    unsent = 0;
    errno = saved;
}

/* On a full disk a write is short; SQLite then writes the rest and gets the error. */
static ssize_t write_it(int fd, const void *bytes, size_t size, off_t at)
{
    ssize_t written = pwrite(fd, bytes, size, at);
    if (written > 0 && fd == opened)
        send_some(fd, (size_t)written);
    if (written < 0 && errno != EINTR)
        disk_note();
    return written;
}

void disk_init(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix-none");
    typedef sqlite3_syscall_ptr call;
    vfs->xSetSystemCall(vfs, "open", (call)open_it);
    vfs->xSetSystemCall(vfs, "close", (call)close_it);
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
