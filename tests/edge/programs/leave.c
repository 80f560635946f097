/* leave.c -- The main thread leaves by pthread_exit; others end the process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static pthread_t first;
static const char *way;

static void *run(void *unused)
{
    if (!is(way, "detached") && !is(way, "killed"))
        must(pthread_join(first, NULL) == 0);
    churn(100);
    if (is(way, "exits"))
        exit(3);
    if (is(way, "quick"))
        quick_exit(4);
    if (is(way, "raw"))
        syscall(SYS_exit_group, 5);
    if (is(way, "aborts"))
        abort();
    if (is(way, "killed"))
        kill(getpid(), SIGTERM);
    if (is(way, "executes"))
        execl("/bin/echo", "echo", "executed", NULL);
    if (is(way, "pthread_exit"))
        pthread_exit(NULL);
    if (is(way, "forks")) {
        pid_t child = fork();
        if (child)
            must(ending(child) == 0);
    }
    return unused;
}

int main(int count, char **arguments)
{
    way = count > 1 ? arguments[1] : "alone";
    first = pthread_self();
    churn(100);
    if (is(way, "raw_alone"))
        syscall(SYS_exit, 6);
    if (is(way, "detached"))
        pthread_detach(first);
    if (!is(way, "alone"))
        started(run, NULL);
    if (is(way, "cancelled"))
        pthread_cancel(first);
    pthread_testcancel();
    pthread_exit(NULL);
}
