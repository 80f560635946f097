/* all_signals.c -- Catches every signal, raises each, and counts those that it did not raise.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    (void)number;
    caught++;
    free(malloc(100));
}

int main(void)
{
    sigset_t all, now;
    int raised = 0;
    struct sigaction action = {.sa_handler = on_signal}, old;
    for (int i = 1; i <= SIGRTMAX; i++)
        if (i != SIGKILL && i != SIGSTOP && (i < 32 || i >= SIGRTMIN)) {
            must(sigaction(i, &action, &old) == 0);
            must(old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN);
        }
    churn(500);
    must(caught == 0);
    for (int i = 1; i <= SIGRTMAX; i++)
        if (i != SIGKILL && i != SIGSTOP && (i < 32 || i >= SIGRTMIN)) {
            raise(i);
            raised++;
        }
    must(caught == raised);
    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, NULL) == 0);
    churn(500);
    must(pthread_sigmask(SIG_SETMASK, NULL, &now) == 0 && sigismember(&now, SIGTERM));
    must(sigpending(&now) == 0);
    for (int i = 1; i < 32; i++)
        must(sigismember(&now, i) == 0);
    printf("caught %d\n", raised);
    return 0;
}
