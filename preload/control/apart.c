/* apart.c -- Our thread's own descriptors, folder, root and umask.
 *
 * A daemon closes all descriptors and opens /dev/null three times; a program's log rotation closes
 * and opens. With a common table our snapshot could be what it closes, and its file what SQLite
 * then writes to. So the thread gets an empty table, in which 0, 1 and 2 are taken by something
 * that cannot be written to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/folder.h"

/* Linux 5.9; older libcs may not know the number. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static void close_named(int folder, const char *name)
{
    int fd = atoi(name);
    if (*name >= '0' && *name <= '9' && fd != folder)
        close(fd);
}

/* Whether the table is our own now, and empty. */
static int leave_descriptors(void)
{
    if (syscall(SYS_close_range, 0, ~0u, CLOSE_RANGE_UNSHARE) == 0)
        return 1;
    if (syscall(SYS_unshare, CLONE_FILES) != 0)
        return 0;
    folder_each("/proc/thread-self/fd", close_named);
    return 1;
}

void apart_begin(void)
{
    if (syscall(SYS_unshare, CLONE_FS) == 0 && chdir("/") != 0)
        errno = 0; /* the folder that we were started in is as good */
    bool shared = !leave_descriptors();
    descriptors_set_shared(shared);
    if (shared)
        return;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) < 0)
            break;
}
