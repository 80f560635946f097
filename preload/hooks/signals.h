/* signals.h -- Keeps a thread's signal handlers out while it holds a lock of ours.
 *
 * A handler may call the hooked function itself: it would then wait for the thread that it
 * interrupts. It may also fork, exit, or jump away. Blocking signals takes two system calls, which
 * is little beside the hooked system call. Under a seccomp filter we may not make them: then a hook
 * in a handler sees that its thread is inside already, and records nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOOKS_SIGNALS_H
#define HOOKS_SIGNALS_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sandbox.h"

/* True while the thread is between the two functions. */
extern __thread bool signals_inside __attribute__((tls_model("initial-exec")));

struct signals {
    uint64_t before; /* as the kernel has it: glibc keeps two signals to itself */
    bool are_blocked;
};

/* False: the caller is a handler that has interrupted the same work. */
static inline __attribute__((warn_unused_result)) bool signals_block(struct signals *signals)
{
    const uint64_t all = ~(uint64_t)0;
    if (signals_inside)
        return false;
    signals->are_blocked = sandbox_enter();
    if (signals->are_blocked)
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &signals->before, sizeof all);
    signals_inside = true;
    atomic_signal_fence(memory_order_seq_cst);
    return true;
}

static inline void signals_restore(const struct signals *signals)
{
    atomic_signal_fence(memory_order_seq_cst);
    signals_inside = false;
    if (!signals->are_blocked)
        return;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &signals->before, NULL, sizeof signals->before);
    sandbox_leave();
}

#endif
