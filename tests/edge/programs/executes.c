/* executes.c -- Executes programs: from main, from a thread, in chains, without an environment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

extern char **environ;
static char **mine;

static void *run(void *unused)
{
    churn(100);
    execl("/bin/echo", "echo", "from a thread", NULL);
    return unused;
}

static void *busy(void *unused)
{
    for (;;)
        churn(100);
    return unused;
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "main";
    mine = arguments;
    churn(100);
    if (is(way, "main"))
        execl("/bin/echo", "echo", "from main", NULL);
    if (is(way, "thread"))
        pthread_join(started(run, NULL), NULL);
    if (is(way, "busy")) {
        started(busy, NULL);
        started(busy, NULL);
        execl("/bin/echo", "echo", "from among threads", NULL);
    }
    if (is(way, "empty"))
        execve("/bin/echo", (char *[]){"echo", "no environment", NULL}, (char *[]){NULL});
    if (is(way, "fails")) {
        must(execl("/nowhere", "nowhere", NULL) < 0 && errno == ENOENT);
        churn(100);
        puts("goes on");
    }
    if (is(way, "fexecve"))
        fexecve(open("/bin/echo", O_RDONLY | O_CLOEXEC), (char *[]){"echo", "by file", NULL},
                environ);
    if (is(way, "chain")) {
        char left[8];
        int number = atoi(arguments[2]);
        snprintf(left, sizeof left, "%d", number - 1);
        if (number > 0)
            execl("/proc/self/exe", arguments[0], "chain", left, NULL);
        puts("end of the chain");
    }
    return 0;
}
