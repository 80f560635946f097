/* end.c -- Every way for a process to end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static const char *way;

static void by(const char *deed)
{
    if (is(deed, "exit"))
        exit(3);
    if (is(deed, "_exit"))
        _exit(4);
    if (is(deed, "quick_exit"))
        quick_exit(5);
    if (is(deed, "exit_group"))
        syscall(SYS_exit_group, 6);
    if (is(deed, "abort"))
        abort();
    if (is(deed, "kill"))
        kill(getpid(), SIGKILL);
    if (is(deed, "term"))
        kill(getpid(), SIGTERM);
    if (is(deed, "segv"))
        *(volatile int *)8 = 1;
    if (is(deed, "trap"))
        __builtin_trap();
    if (is(deed, "close"))
        close_range(0, ~0U, 0), exit(7);
    if (is(deed, "exec"))
        execl("/bin/true", "true", NULL);
}

static void on_signal(int number)
{
    (void)number;
    by(way);
}

static void *run(void *unused)
{
    churn(100);
    by(way);
    return unused;
}

static void at_exit(void)
{
    churn(100);
    puts("at exit");
}

int main(int count, char **arguments)
{
    const char *where = count > 2 ? arguments[2] : "main";
    way = arguments[1];
    churn(100);
    if (!is(where, "alarm")) /* which may be inside of malloc */
        must(atexit(at_exit) == 0);
    must(at_quick_exit(at_exit) == 0);
    if (is(where, "handler")) {
        signal(SIGUSR1, on_signal);
        raise(SIGUSR1);
    } else if (is(where, "thread")) {
        pthread_join(started(run, NULL), NULL);
    } else if (is(where, "alarm")) {
        signal(SIGALRM, on_signal);
        ualarm(5000, 0);
        for (;;)
            churn(10);
    } else {
        by(way);
    }
    return 0;
}
