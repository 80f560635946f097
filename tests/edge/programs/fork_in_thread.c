/* fork_in_thread.c -- A child that is forked from a thread ends where the thread's function does.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static const char *way;

static void *idle(void *unused)
{
    churn(50);
    return unused;
}

static void *run(void *unused)
{
    pid_t child = is(way, "_Fork") ? _Fork() : fork();
    must(child >= 0);
    churn(50);
    if (child) {
        printf("child ended with %d\n", ending(child));
        return unused;
    }
    if (is(way, "exits"))
        exit(3);
    if (is(way, "pthread_exit"))
        pthread_exit(NULL);
    if (is(way, "joins"))
        must(pthread_join(started(idle, NULL), NULL) == 0);
    if (is(way, "detaches"))
        must(pthread_detach(pthread_self()) == 0);
    if (is(way, "leaves_thread"))
        started(idle, NULL);
    return unused;
}

int main(int count, char **arguments)
{
    way = count > 1 ? arguments[1] : "returns";
    must(pthread_join(started(run, NULL), NULL) == 0);
    return 0;
}
