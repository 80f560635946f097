/* handler_fork.c -- A signal handler that interrupts malloc and free forks, in a program of one
 * thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <sys/time.h>

enum { FORKS = 60 };
static const char *way;
static volatile sig_atomic_t forks;

static void on_alarm(int number)
{
    (void)number;
    pid_t child = is(way, "_Fork") ? _Fork() : is(way, "vfork") ? vfork() : fork();
    if (child == 0 && is(way, "vfork")) {
        execl("/bin/true", "true", NULL);
        _exit(98);
    }
    if (child == 0)
        _exit(0);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    must(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    forks++;
}

int main(int count, char **arguments)
{
    way = count > 1 ? arguments[1] : "fork";
    void *blocks[64] = {0};
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    must(sigaction(SIGALRM, &action, NULL) == 0);
    int asked = 0;
    for (unsigned i = 0; forks < FORKS; i++) {
        if (asked == forks) { /* one at a time: a slow handler must not starve this loop */
            struct itimerval once = {{0, 0}, {0, 100 + 37 * forks}};
            asked++;
            must(setitimer(ITIMER_REAL, &once, NULL) == 0);
        }
        free(blocks[i % 64]);
        blocks[i % 64] = malloc(16 + i % 3000);
    }
    return 0;
}
