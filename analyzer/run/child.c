/* child.c -- Child processes that can be waited for among other things, and that leave nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/child.h"

#include "control/target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 5000 /* between SIGTERM and SIGKILL */

/* In the child: never returns. What goes wrong is sent through REPORT, which exec closes. */
static void become(char *const *program, const struct launch *launch, int report)
{
    struct error error;
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* our stdout is for data */
    if (!launch || launch_prepare(launch, &error))
        launch_exec(program, &error);
    if (write(report, &error, sizeof error) < 0)
        _exit(125);
    _exit(error.code);
}

bool child_start(struct child *child, char *const *program, const struct launch *launch,
                 struct error *error)
{
    int report[2];
    *child = (struct child){.fd = -1};
    if (pipe2(report, O_CLOEXEC) < 0)
        return error_set(error, NULL, "cannot make a pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        become(program, launch, report[1]);
    close(report[1]);
    ssize_t length = pid < 0 ? -1 : read(report[0], error, sizeof *error);
    close(report[0]);
    if (pid < 0)
        return error_set(error, NULL, "cannot start %s: %s", program[0], strerror(errno));
    *child = (struct child){.pid = pid, .fd = (int)syscall(SYS_pidfd_open, pid, 0)};
    if (length <= 0)
        return true;
    child_reap(child);
    return false;
}

int child_reap(struct child *child)
{
    int status = 0;
    if (child->pid > 0)
        waitpid(child->pid, &status, 0);
    if (child->fd >= 0)
        close(child->fd);
    *child = (struct child){.fd = -1};
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void child_stop(struct child *child)
{
    struct pollfd ended = {.fd = child->fd, .events = POLLIN};
    pid_t group = child->pid;
    if (group <= 0)
        return;
    pid_t control = target_find_control(group);
    struct pollfd control_ended = {.fd = control ? (int)syscall(SYS_pidfd_open, control, 0) : -1,
                                   .events = POLLIN};
    kill(-group, SIGTERM);
    poll(&ended, 1, PATIENCE_MS);
    kill(-group, SIGKILL); /* also what the child itself has left behind */
    child_reap(child);
    if (control_ended.fd >= 0) { /* it follows by itself, when a snapshot is finished */
        poll(&control_ended, 1, PATIENCE_MS);
        close(control_ended.fd);
    }
}
