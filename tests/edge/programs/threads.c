/* threads.c -- Threads by the thousand: joined, detached, cancelled, with destructors that
 * allocate.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <semaphore.h>
#include <threads.h>

static pthread_key_t key;
static sem_t ended;
static const char *way;

static void destroy(void *block)
{
    free(block);
    churn(2);
    if (is(way, "detached"))
        sem_post(&ended);
}

static void clean(void *block)
{
    free(block);
}

static void *run(void *unused)
{
    pthread_setspecific(key, malloc(100));
    churn(2);
    if (is(way, "cancelled")) {
        pthread_cleanup_push(clean, malloc(10));
        for (;;)
            pause();
        pthread_cleanup_pop(1);
    }
    if (is(way, "pthread_exit"))
        pthread_exit(unused);
    return unused;
}

static int run_c11(void *unused)
{
    (void)unused;
    churn(2);
    return 3;
}

int main(int count, char **arguments)
{
    int number = 1000, result = 3;
    way = count > 1 ? arguments[1] : "joined";
    pthread_key_create(&key, destroy);
    sem_init(&ended, 0, 0);
    for (int i = 0; i < number; i++) {
        if (is(way, "c11")) {
            thrd_t thread;
            must(thrd_create(&thread, run_c11, NULL) == thrd_success);
            must(thrd_join(thread, &result) == thrd_success && result == 3);
            continue;
        }
        pthread_t thread = started(run, NULL);
        if (is(way, "cancelled"))
            pthread_cancel(thread);
        if (is(way, "detached")) {
            must(pthread_detach(thread) == 0);
            while (sem_wait(&ended) < 0)
                ;
        } else {
            must(pthread_join(thread, NULL) == 0);
        }
    }
    return 0;
}
