/* child.c -- Work in a copy of this process, so that the process itself is not held up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/hold.h"

#define TEXT_SIZE 512

#ifndef SYS_close_range
#define SYS_close_range 436 /* Linux 5.9 */
#endif

/* Shared between both. */
struct result {
    bool done;
    int error;
    char text[TEXT_SIZE];
};

static void close_from_to(unsigned first, unsigned last)
{
    struct rlimit limit;
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
        return;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= last)
        last = (unsigned)limit.rlim_cur;
    for (unsigned fd = first; fd < last; fd++)
        syscall(SYS_close, fd);
}

/* A pipe or a socket that the program closes must be closed, although we still run. */
static void close_all_but(int fd)
{
    if (fd > 0)
        close_from_to(0, (unsigned)fd - 1);
    close_from_to((unsigned)(fd + 1), UINT_MAX);
}

/* When memory runs out the kernel should kill the copy and not the program. */
static void offer_to_die_first(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "1000", 4) < 0)
        errno = 0; /* it was worth a try */
    if (fd >= 0)
        close(fd);
}

static _Noreturn void be_child(child_work *work, void *context, int fd, pid_t parent,
                               struct result *result)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent) {
        close_all_but(fd);
        offer_to_die_first();
        result->error = work(context, result->text, sizeof result->text);
        result->done = true;
    }
    for (;;)
        syscall(SYS_exit_group, 0); /* past the program's exit handlers and our own hook */
}

/* The program may have taken it from us (a wait with __WALL): then it has ended all the same. */
static void child_await(pid_t child)
{
    while (syscall(SYS_wait4, child, NULL, __WCLONE, NULL) < 0 && errno == EINTR)
        continue;
}

static int child_start(child_work *work, void *context, int fd, struct result *result, pid_t *child)
{
    pid_t parent = getpid();
    struct hold hold;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    hold_all(&hold);
    long pid = syscall(SYS_clone, 0 /* no exit signal */, NULL, NULL, NULL, NULL);
    int error = pid < 0 ? errno : 0;
    hold_release(&hold);
    if (pid == 0)
        be_child(work, context, fd, parent, result);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *child = (pid_t)pid;
    return error;
}

int child_run(child_work *work, void *context, int fd, char *text, size_t size)
{
    struct result *result = (void *)syscall(SYS_mmap, NULL, sizeof *result, PROT_READ | PROT_WRITE,
                                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child;
    if (result == MAP_FAILED) {
        snprintf(text, size, "no memory to list the blocks");
        return ENOMEM;
    }
    int error = child_start(work, context, fd, result, &child);
    if (error) {
        snprintf(text, size, "cannot copy the process to list its blocks: %s",
                 strerrordesc_np(error));
    } else {
        child_await(child);
        error = result->done ? result->error : ECANCELED;
        snprintf(text, size, "%s",
                 result->done ? result->text : "the process that lists the blocks was killed");
    }
    syscall(SYS_munmap, result, sizeof *result);
    return error;
}
