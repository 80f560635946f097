/* namespaces.c -- Hooks of calls that the kernel refuses when memory or threads are shared.
 *
 * The control process is no thread of the program, so a program of one thread may enter a user or
 * mount namespace. Two calls check the memory instead (unshare of CLONE_VM, setns into a time
 * namespace): there the control process ends before and is started again after. Our own thread in
 * Python ends before any call that fails with a second thread.
 *
 * Afterwards the control process enters the program's user namespace by itself
 * (control/credentials.c). It is not started anew for that: after unshare(CLONE_NEWPID) it would
 * become the first process of the new pid namespace.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "control/worker.h"
#include "record/record.h"

#define NEEDS_MEMORY (CLONE_VM | CLONE_NEWTIME)
#define NEEDS_THREAD (NEEDS_MEMORY | CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND)
#define IS_FOLLOWED  CLONE_NEWUSER

/* Whether the control process has ended for the call. */
static bool step_aside(int flags)
{
    if (!record_is_on() || !(flags & NEEDS_THREAD))
        return false;
    worker_before_change();
    return flags & NEEDS_MEMORY && !(flags & CLONE_NEWPID) && worker_step_aside();
}

static void step_back(bool was_aside, int flags, bool failed)
{
    int saved = errno;
    if (was_aside)
        worker_start();
    else if (!failed && flags & IS_FOLLOWED && record_is_on())
        worker_follow();
    errno = saved;
}

int unshare(int flags)
{
    bool aside = step_aside(flags & ~CLONE_NEWTIME); /* a time namespace is for children */
    int failed = real.unshare(flags);
    step_back(aside, flags, failed);
    return failed;
}

/* The type is 0 when the program does not care: then the descriptor says. */
static int type_of(int fd, int type)
{
    int saved = errno, found = type || sandbox_is_closed() ? type : ioctl(fd, NS_GET_NSTYPE);
    errno = saved;
    return found < 0 ? 0 : found;
}

int setns(int fd, int type)
{
    int flags = record_is_on() && !sandbox_is_closed() ? type_of(fd, type) : 0;
    bool aside = step_aside(flags);
    int failed = real.setns(fd, type);
    step_back(aside, flags, failed);
    return failed;
}
