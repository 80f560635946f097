/* task.c -- The control process: a process of ours that shares the program's memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/host.h"
#include "base/lock.h"
#include "base/memory.h"
#include "control/tls.h"
#include "tables/nptl.h"

/* Linux 5.9; older libcs may not know the number. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define NAME         "heapdiff" /* in /proc/PID/comm */
#define PATIENCE_MS  100
#define FILES_LEAST  64
#define SECOND_STACK ((size_t)16 << 10)
#define STACK_SIZE   ((size_t)1 << 20)
#define SIGNAL_STACK ((size_t)16 << 10)

/* Signal stack, stack, thread-local storage, and the latter two of the second thread; kept for the
 * next one. */
static char *room;
static void *pointer;        /* its thread pointer */
static _Atomic pid_t id;     /* set and cleared by the kernel; -1: it is being started */
static _Atomic pid_t second; /* -1 while there is a second thread; cleared by the kernel */
static pid_t number;         /* the same, until its status has been taken */
static uintptr_t leader;     /* the program's main thread's pointer */
static void (*run)(void), (*on_fault)(void);

int task_learn(void)
{
    leader = (uintptr_t)__builtin_thread_pointer();
    nptl_learn();
    return tls_learn();
}

static char *stack_end(void)
{
    return room + SIGNAL_STACK + STACK_SIZE;
}

/* ---- inside -------------------------------------------------------------------------------------
 */

static bool close_named(int folder, const char *name, void *context)
{
    int fd = atoi(name);
    (void)context;
    if (*name >= '0' && *name <= '9' && fd != folder)
        close(fd);
    return true;
}

/* A pipe or a socket that the program closes must really be closed, so we keep none. Descriptors 0,
 * 1 and 2 lead to something that cannot be written to, in case of a write by mistake. */
static void leave_descriptors(void)
{
    if (syscall(SYS_close_range, 0, ~0u, 0) != 0)
        folder_each("/proc/self/fd", close_named, NULL);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) < 0)
            break;
}

static void set_limits(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        if (limit.rlim_max < FILES_LEAST) /* root may */
            limit.rlim_cur = limit.rlim_max = FILES_LEAST;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    limit = (struct rlimit){0, 0};
    setrlimit(RLIMIT_CORE,
              &limit); /* before Linux 5.16 a core dump ends all processes that share the memory */
}

static void task_fault(int signal_number)
{
    (void)signal_number;
    on_fault();
    for (;;)
        syscall(SYS_exit_group, 1);
}

static void set_signals(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
    stack_t stack = {.ss_sp = room, .ss_size = SIGNAL_STACK};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction action = {.sa_handler = task_fault,
                               .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND)};
    sigset_t wanted;
    sigaltstack(&stack, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* the write fails, and says why */
    sigemptyset(&wanted);
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
        sigaction(faults[i], &action, NULL);
        sigaddset(&wanted, faults[i]);
    }
    sigprocmask(SIG_UNBLOCK, &wanted, NULL);
}

static int task_begin(void *nothing)
{
    (void)nothing;
    set_signals();
    set_limits();
    setsid();
    leave_descriptors();
    if (chdir("/") != 0)
        errno = 0; /* the folder that the program was started in is as good */
    prctl(PR_SET_NAME, NAME);
    run();
    syscall(SYS_exit_group, 0); /* with the second thread */
    return 0;
}

bool task_start_second(int (*body)(void *))
{
    const int flags = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FILES | CLONE_FS |
                      CLONE_SYSVSEM | CLONE_SETTLS | CLONE_UNTRACED | CLONE_CHILD_CLEARTID;
    char *end = stack_end() + tls_size() + SECOND_STACK;
    atomic_store(&second, -1);
    pid_t thread = clone(body, end, flags, NULL, NULL, tls_make(end), &second);
    if (thread < 0)
        atomic_store(&second, 0);
    return thread > 0;
}

bool task_second_is_here(void)
{
    return atomic_load(&second) != 0;
}

/* ---- outside ------------------------------------------------------------------------------------
 */

static int make_room(void)
{
    if (!room)
        room = memory_map(SIGNAL_STACK + STACK_SIZE + SECOND_STACK + 2 * tls_size());
    if (!room)
        return ENOMEM;
    pointer = tls_make(stack_end());
    lock_set_other((uintptr_t)pointer, &id);
    return 0;
}

/* After unshare(CLONE_NEWPID) the next child is the first process of the new namespace: that is the
 * program's to make. */
static bool is_for_another_namespace(void)
{
    struct stat own, children;
    return stat("/proc/self/ns/pid", &own) == 0 &&
           stat("/proc/self/ns/pid_for_children", &children) == 0 && own.st_ino != children.st_ino;
}

int task_start(void (*body)(void), void (*fault_body)(void))
{
    const int flags = CLONE_VM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
                      CLONE_CHILD_CLEARTID | CLONE_UNTRACED;
    sigset_t all, before;
    pid_t ignored;
    int error = is_for_another_namespace() ? EBUSY : make_room();
    if (error)
        return error;
    host_enter();
    run = body;
    on_fault = fault_body;
    pid_t *tid = tls_tid(pointer);
    atomic_store(&id, -1);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    number = clone(task_begin, stack_end(), flags, NULL, tid ? tid : &ignored, pointer, &id);
    error = number < 0 ? errno : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (error)
        atomic_store(&id, 0);
    return error;
}

bool task_is_here(void)
{
    return atomic_load(&id) != 0;
}

pid_t task_pid(void)
{
    return task_is_here() ? number : 0;
}

#define CLONED ((int)__WCLONE)

static void task_reap(pid_t child)
{
    while (wait4(child, NULL, CLONED, NULL) < 0 && errno == EINTR)
        continue;
}

void task_await(void)
{
    pid_t seen;
    int saved = errno;
    while ((seen = atomic_load(&id)) != 0)
        syscall(SYS_futex, &id, FUTEX_WAIT, seen, NULL, NULL, 0);
    if (number > 0)
        task_reap(number);
    number = 0;
    errno = saved;
}

static bool is_ours(pid_t child)
{
    char path[32], name[sizeof NAME + 1] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)child);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, name, sizeof name - 1) : 0;
    if (fd >= 0)
        close(fd);
    return length == sizeof NAME && memcmp(name, NAME "\n", sizeof NAME) == 0;
}

static void reap_former(pid_t child)
{
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
    if (ended.fd < 0)
        return;
    if (is_ours(child) && poll(&ended, 1, PATIENCE_MS) == 1)
        waitpid(child, NULL, CLONED | WNOHANG);
    close(ended.fd);
}

/* The list of children costs an open: it is read only when there are some without an exit signal,
 * which hardly any program has. */
void task_reap_former(void)
{
    char children[1024] = "", *end;
    siginfo_t nothing;
    if (waitid(P_ALL, 0, &nothing, WEXITED | WNOHANG | WNOWAIT | CLONED) < 0)
        return;
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, children, sizeof children - 1) : 0;
    children[length > 0 ? length : 0] = '\0';
    if (fd >= 0)
        close(fd);
    for (char *at = children;; at = end) {
        pid_t child = (pid_t)strtol(at, &end, 10);
        if (end == at || child <= 0)
            break;
        reap_former(child);
    }
}

void task_forked(void)
{
    leader = (uintptr_t)__builtin_thread_pointer();
    room = NULL; /* of a process that does not exist here: its memory is kept */
    pointer = NULL;
    number = 0;
    atomic_store(&id, 0);
    lock_set_other(0, &id);
}

_Atomic uint32_t *task_leader(void)
{
    return nptl.tid ? (_Atomic uint32_t *)(nptl_descriptor(leader) + nptl.tid) : NULL;
}
