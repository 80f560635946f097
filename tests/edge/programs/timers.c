/* timers.c -- Timers of every kind run and are its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <semaphore.h>
#include <sys/time.h>
#include <time.h>

static sem_t fired;

static void on_time(union sigval value)
{
    (void)value;
    churn(5);
    sem_post(&fired);
}

static void on_alarm(int number)
{
    (void)number;
    sem_post(&fired);
}

static void await(int times)
{
    while (times > 0)
        times -= sem_wait(&fired) == 0;
}

int main(void)
{
    struct itimerval none;
    for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
        must(getitimer((__itimer_which_t)which, &none) == 0 && !none.it_value.tv_usec &&
             !none.it_value.tv_sec);
    sem_init(&fired, 0, 0);
    signal(SIGALRM, on_alarm);
    struct itimerval soon = {{0, 0}, {0, 1000}};
    must(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    await(1);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = on_time};
    must(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    struct itimerspec often = {{0, 1000000}, {0, 1000000}};
    must(timer_settime(timer, 0, &often, NULL) == 0);
    await(20);
    must(timer_delete(timer) == 0);
    puts("fired");
    return 0;
}
