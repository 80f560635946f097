/* reaper.c -- Adopts orphans: it sees the end of those that there are, and of no others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

enum { CHILDREN = 20 };

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "exit";
    sigset_t child_signal;
    struct timespec most = {0, 300000000};
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    must(sigprocmask(SIG_BLOCK, &child_signal, NULL) == 0);
    churn(100);
    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = fork();
        if (child == 0) {
            churn(50);
            if (is(way, "kill"))
                raise(SIGKILL);
            if (is(way, "executes"))
                execl("/bin/true", "true", NULL);
            if (is(way, "exit_group"))
                syscall(SYS_exit_group, 0);
            _exit(0);
        }
        ending(child);
        must(sigtimedwait(&child_signal, NULL, &most) == SIGCHLD);
    }
    most.tv_nsec = 200000000; /* another child's end would be reported within this time */
    printf("another signal: %s\n", sigtimedwait(&child_signal, NULL, &most) < 0 ? "none" : "some");
    printf("another child: %s\n", waitpid(-1, NULL, WNOHANG) < 0 ? "none" : "some");
    return 0;
}
