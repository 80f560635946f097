/* probe.c -- Reading memory that may not be there: of a module that is just being unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/probe.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/sandbox.h"

bool probe_readable(const void *address)
{
    if (!sandbox_enter())
        return false; /* under a seccomp filter nothing counts as readable */
    /* With an invalid "how", the kernel copies the set in and changes nothing: EINVAL if the
     * address can be read, EFAULT if not. */
    int saved = errno;
    syscall(SYS_rt_sigprocmask, -1, address, NULL, 8);
    bool readable = errno == EINVAL;
    sandbox_leave();
    errno = saved;
    return readable;
}

bool probe_copy(void *to, uintptr_t from, size_t size)
{
    if (!sandbox_enter())
        return false;
    int saved = errno;
    struct iovec local = {to, size}, remote = {(void *)from, size};
    /* By the thread, not the process: its main thread may have ended. */
    ssize_t copied = process_vm_readv((pid_t)syscall(SYS_gettid), &local, 1, &remote, 1, 0);
    sandbox_leave();
    errno = saved;
    return copied == (ssize_t)size;
}
