/* spawns.c -- Storms of children: vfork, posix_spawn, fork, system, popen, with threads that
 * allocate.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <spawn.h>

extern char **environ;
static volatile bool stop;

static void *busy(void *unused)
{
    while (!stop)
        churn(10);
    return unused;
}

static pid_t child_by(const char *way)
{
    pid_t child = -1;
    if (is(way, "spawn"))
        must(posix_spawn(&child, "/bin/true", NULL, NULL, (char *[]){"true", NULL}, environ) == 0);
    else if (is(way, "vfork") || is(way, "vfork_exec")) {
        child = vfork();
        if (child == 0 && is(way, "vfork_exec"))
            execl("/bin/true", "true", NULL);
        if (child == 0)
            _exit(0);
    } else {
        child = is(way, "_Fork") ? _Fork() : fork();
        if (child == 0 && !is(way, "_Fork"))
            churn(20);
        if (child == 0)
            _exit(0);
    }
    return child;
}

int main(int count, char **arguments)
{
    const char *way = arguments[1];
    int number = atoi(arguments[2]);
    pthread_t threads[2];
    for (int i = 0; count > 3 && i < 2; i++)
        threads[i] = started(busy, NULL);
    for (int i = 0; i < number; i++)
        if (is(way, "system"))
            must(system("true") == 0);
        else if (is(way, "popen"))
            must(pclose(popen("true", "r")) == 0);
        else
            must(ending(child_by(way)) == 0);
    stop = true;
    for (int i = 0; count > 3 && i < 2; i++)
        pthread_join(threads[i], NULL);
    must(wait(NULL) < 0 && errno == ECHILD);
    return 0;
}
