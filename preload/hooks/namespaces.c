/* namespaces.c -- What the kernel refuses to a process of several threads.
 *
 * A program of one thread may enter a user or mount namespace; under us it would have two. So our
 * thread ends before such a call and is started again after it, in the new namespaces. Calls of
 * programs that have more threads of their own are passed on: they fail, or not, as ever.
 *
 * A new pid namespace for children is another matter: the kernel refuses new threads from then on,
 * but not to call it with several. Our thread stays for it.
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

/* What needs one thread, and where our thread had better come along. */
#define ALONE (CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)
#define ALONG (CLONE_NEWNS | CLONE_FS | CLONE_FILES)

static bool step_aside(int flags)
{
    bool wanted = flags & ALONE || (flags & ALONG && !(flags & CLONE_NEWPID));
    return wanted && worker_step_aside();
}

/* When that is refused (a new pid namespace was asked for as well) there are no snapshots. */
static void step_back(bool was_aside)
{
    int saved = errno;
    if (was_aside)
        worker_start();
    errno = saved;
}

int unshare(int flags)
{
    bool aside = step_aside(flags);
    int failed = real.unshare(flags);
    step_back(aside);
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
    bool aside = step_aside(type_of(fd, type));
    int failed = real.setns(fd, type);
    step_back(aside);
    return failed;
}
