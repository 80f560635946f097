/* probe.c -- Reading memory that may not be there: of a module that is just being unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/probe.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

bool probe_readable(const void *address)
{
    /* With an invalid "how", the kernel copies the set in and changes nothing: EINVAL if the
     * address can be read, EFAULT if not. */
    int saved = errno;
    syscall(SYS_rt_sigprocmask, -1, address, NULL, 8);
    bool readable = errno == EINVAL;
    errno = saved;
    return readable;
}

bool probe_copy(void *to, uintptr_t from, size_t size)
{
    int saved = errno;
    struct iovec local = {to, size}, remote = {(void *)from, size};
    ssize_t copied = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    errno = saved;
    return copied == (ssize_t)size;
}
