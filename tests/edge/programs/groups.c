/* groups.c -- Sends signals to its process group, and to all that it may.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    (void)number;
    caught++;
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "zero";
    setpgid(0, 0);
    churn(100);
    if (is(way, "dies")) {
        kill(0, SIGTERM);
        pause();
    }
    signal(SIGTERM, on_signal);
    if (is(way, "everybody")) { /* in a pid namespace of its own, as its process 1 */
        kill(-1, SIGKILL);
    } else {
        pid_t child = fork();
        if (child == 0)
            for (;;)
                pause();
        kill(is(way, "minus") ? -getpgrp() : 0, SIGTERM);
        kill(child, SIGKILL);
        printf("child %d\n", ending(child));
    }
    churn(100);
    printf("caught %d\n", (int)caught);
    return 0;
}
