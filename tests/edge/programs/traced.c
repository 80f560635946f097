/* traced.c -- Is traced by its parent, or traces a child with every event.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <sys/ptrace.h>

static int follow(pid_t child, int stops)
{
    int status;
    for (;;) {
        must(waitpid(child, &status, 0) == child);
        if (!WIFSTOPPED(status))
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        int number = WSTOPSIG(status);
        if (status >> 16)
            printf("event %d\n", status >> 16);
        ptrace(PTRACE_CONT, child, NULL, number == SIGTRAP || number == SIGSTOP ? 0 : number);
        must(stops++ < 1000);
    }
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "me";
    churn(100);
    pid_t child = fork();
    if (child == 0) {
        must(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
        raise(SIGSTOP);
        churn(100);
        if (is(way, "exec") || is(way, "events"))
            execl("/bin/true", "true", NULL);
        if (is(way, "thread"))
            pthread_join(started((void *(*)(void *))free, NULL), NULL);
        exit(4);
    }
    int status;
    must(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
    if (is(way, "events"))
        must(ptrace(PTRACE_SETOPTIONS, child, NULL,
                    PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK) == 0);
    must(ptrace(PTRACE_CONT, child, NULL, 0) == 0);
    printf("ended with %d\n", follow(child, 0));
    return 0;
}
