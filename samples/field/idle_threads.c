/* idle_threads.c -- A thread for each client; it waits for a client that has left long ago.
 *
 * Five snapshots, 20 threads in each step, each with 100 KiB of its stack in use. In the twin, the
 * thread ends when its client leaves.
 *
 * expect: kind=mapping site1=greet_client file=idle_threads.c also=greet_client
 * expect: also=render_burst not=render_burst
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { CLIENTS = 20, IN_USE = 100 * 1024, STACK = 256 * 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned greeted, left;
static pthread_t last;

static void *talk(void *argument)
{
    char dialogue[IN_USE];
    unsigned number = (unsigned)(size_t)argument;

    memset(dialogue, (int)(number & 127), sizeof dialogue);
    pthread_mutex_lock(&lock);
    greeted += dialogue[number] == (char)(number & 127);
    pthread_cond_broadcast(&changed);
    while (left <= number)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return NULL;
}

__attribute__((noinline)) static void greet_client(unsigned number)
{
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    if (pthread_create(&last, &attributes, talk, (void *)(size_t)number) != 0)
        abort();
    pthread_attr_destroy(&attributes);
    pthread_mutex_lock(&lock);
    while (greeted <= number)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void leave(unsigned number)
{
    pthread_mutex_lock(&lock);
    left = number + 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(last, NULL);
}

static void serve(unsigned step)
{
    for (unsigned i = 0; i < CLIENTS; i++) {
        greet_client(step * CLIENTS + i);
        noise_work(50);
        if (twin_is_clean())
            leave(step * CLIENTS + i);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%u greeted, %lu\n", greeted, noise.sum);
    return 0;
}
