/* helper.c -- A thread of ours, for work that needs the program's own descriptors.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/helper.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "record/record.h"
#include "runtime/collector.h"
#include "runtime/runtime.h"
#include "tables/nptl.h"

#define STACK_SIZE (8u << 20) /* finalizers of the program run on it; resident when touched */

static struct lock starting;
static void *stack;           /* kept for the next one */
static _Atomic uint32_t bell; /* futex */
static _Atomic pid_t thread;  /* 0: not there */
static atomic_bool leaving;
static atomic_bool left; /* its work is visible to the thread that stopped it */

static void *helper_run(void *nothing)
{
    (void)nothing;
    record_own_thread();
    pthread_setname_np(pthread_self(), "heapdiff-helper");
    nptl_count(-1);
    while (!atomic_exchange(&leaving, false)) {
        uint32_t seen = atomic_load(&bell);
        runtime_wake_members();
        collector_collect();
        if (!atomic_load(&leaving))
            syscall(SYS_futex, &bell, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    }
    nptl_count(1); /* glibc takes it off now */
    atomic_store(&left, true);
    return NULL;
}

static void *helper_begin(void *ready)
{
    atomic_store(&thread, (pid_t)syscall(SYS_gettid));
    atomic_store((_Atomic uint32_t *)ready, 1);
    syscall(SYS_futex, ready, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    return helper_run(NULL);
}

static bool helper_create(void)
{
    static _Atomic uint32_t ready;
    pthread_attr_t attributes;
    pthread_t id;
    sigset_t all, before;
    if (!stack && !(stack = memory_map(STACK_SIZE)))
        return false;
    atomic_store(&ready, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&id, &attributes, helper_begin, &ready);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    while (!failed && !atomic_load(&ready))
        syscall(SYS_futex, &ready, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    return !failed;
}

bool helper_start(void)
{
    if (!lock_take(&starting))
        return false;
    bool here = helper_is_here() || helper_create();
    lock_give(&starting);
    return here;
}

void helper_stop(void)
{
    pid_t id = atomic_load(&thread);
    if (!id || id == (pid_t)syscall(SYS_gettid))
        return;
    atomic_store(&leaving, true);
    helper_send();
    while (syscall(SYS_tgkill, getpid(), id, 0) == 0)
        sched_yield();
    atomic_exchange(&left, false);
    atomic_store(&thread, 0);
}

void helper_send(void)
{
    if (sandbox_is_closed())
        return; /* it would wake up to make a system call */
    atomic_fetch_add(&bell, 1);
    syscall(SYS_futex, &bell, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

bool helper_is_here(void)
{
    return atomic_load(&thread) != 0;
}

void helper_forked(void)
{
    starting = (struct lock){0};
    atomic_store(&thread, 0);
    atomic_store(&leaving, false);
    stack = NULL; /* of a thread that does not exist here: its memory is kept */
}
