/* seccomp.c -- Notices that the program is about to install a seccomp filter.
 *
 * Or to forbid itself the time stamp counter. The notice comes before it is in force.
 *
 * Compiled with sibling calls, as gate.c: every other call is jumped on to, and leaves neither a
 * frame nor a trace.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "base/sandbox.h"
#include "control/worker.h"
#include "life/init.h"
#include "record/record.h"

/* Counted first, so that no thread makes a system call of ours when the filter is in force. A child
 * of vfork closes itself only: it is not counted. */
static bool seccomp_begin(void)
{
    bool counts = sandbox_is_closed() || !init_is_shared();
    bool is_first = counts && !sandbox_is_closed();
    if (counts)
        sandbox_close();
    if (is_first)
        worker_look_up(); /* the last call that may be made for it */
    return counts;
}

static void seccomp_end(bool counted, bool failed)
{
    if (counted && failed)
        atomic_fetch_sub(&sandbox_closed, 1);
}

static __attribute__((noinline)) int close_by_prctl(int option, long a, long b, long c, long d)
{
    bool counted = seccomp_begin();
    int result = real.prctl(option, a, b, c, d);
    seccomp_end(counted, result != 0);
    return result;
}

/* Parameters as in hooks.def. A call that closes the process has five arguments at most. */
#ifdef __x86_64__
#define PARAMETERS long number, long a, long b, long c, long d, long e
#define ARGUMENTS  number, a, b, c, d, e
#else
#define PARAMETERS long number, long a, long b, long c, long d, long e, long f
#define ARGUMENTS  number, a, b, c, d, e, f
#endif

/* A filter may give a descriptor; any other number is a failure, of another thread's. */
static __attribute__((noinline)) long close_by_syscall(PARAMETERS)
{
    bool gives = number == SYS_seccomp && (unsigned long)b & SECCOMP_FILTER_FLAG_NEW_LISTENER;
    bool counted = seccomp_begin();
    long result = real.syscall(ARGUMENTS);
    seccomp_end(counted, gives ? result < 0 : result != 0);
    return result;
}

/* In strict mode, and when the program forbids the time stamp counter, reading the clock is fatal
 * too: clock_gettime reads that counter. */
static inline bool closes_by_prctl(unsigned option, long mode)
{
    return option == PR_SET_SECCOMP || (option == PR_SET_TSC && mode == PR_TSC_SIGSEGV);
}

int hooks_prctl(int option, long a, long b, long c, long d)
{
    if (HOOK_RARE(closes_by_prctl((unsigned)option, a)))
        return close_by_prctl(option, a, b, c, d);
    return real.prctl(option, a, b, c, d);
}

static inline bool seccomp_closes(long number, unsigned operation, long mode)
{
    return number == SYS_seccomp
               ? operation == SECCOMP_SET_MODE_STRICT || operation == SECCOMP_SET_MODE_FILTER
               : number == SYS_prctl && closes_by_prctl(operation, mode);
}

/* Past glibc a thread changes alone. The control process goes with the main thread: of a program of
 * one thread that is all there is. */
static inline bool seccomp_changes(long number)
{
    return number == SYS_setuid || number == SYS_setgid || number == SYS_setreuid ||
           number == SYS_setregid || number == SYS_setresuid || number == SYS_setresgid ||
           number == SYS_setgroups || number == SYS_capset || number == SYS_unshare;
}

static __attribute__((noinline)) long change_by_syscall(PARAMETERS)
{
    long result = real.syscall(ARGUMENTS);
    int saved = errno;
    if (result == 0 && record_is_on() && gettid() == host_pid())
        worker_follow();
    errno = saved;
    return result;
}

long hooks_syscall(PARAMETERS)
{
    if (HOOK_RARE(number == SYS_exit_group))
        init_at_exit(false);
    if (HOOK_RARE(seccomp_changes(number)) && !sandbox_is_closed())
        return change_by_syscall(ARGUMENTS);
    if (HOOK_RARE(seccomp_closes(number, (unsigned)a, b)))
        return close_by_syscall(ARGUMENTS);
    return real.syscall(ARGUMENTS);
}
