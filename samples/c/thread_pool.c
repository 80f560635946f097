/* thread_pool.c -- Four workers call jobs through a pointer; one kind of job forgets its result.
 *
 * expect: kind=leak site1=resize_image file=thread_pool.c growth=9600000±2% blocks=+8000±2%
 * expect: absent=send_mail absent=count_words
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <pthread.h>
#include <stdatomic.h>

enum { WORKERS = 4, KINDS = 3 };

typedef unsigned (*job_function)(unsigned number);

static atomic_uint next_job;
static atomic_ulong results;
static unsigned last_job;                /* written while no worker runs */
static _Atomic(unsigned char *) preview; /* of the image that was resized last: never read */
static pthread_barrier_t phase;

static unsigned resize_image(unsigned number)
{
    unsigned char *image = malloc(1200);

    memset(image, (int)(number % 251), 1200);
    atomic_store(&preview, image);
    if (number % 2) {
        atomic_store(&preview, NULL);
        free(image); /* portrait; the landscape branch forgot */
    }
    return number % 251;
}

static unsigned send_mail(unsigned number)
{
    char *mail = malloc(600 + number % 5000);
    unsigned length = (unsigned)snprintf(mail, 600, "Dear customer %u", number);

    free(mail);
    return length;
}

static unsigned count_words(unsigned number)
{
    unsigned *counts = calloc(256 + number % 512, sizeof *counts);
    unsigned sum = ++counts[number % 256];

    free(counts);
    return sum;
}

static void work_off(void)
{
    static const job_function kinds[KINDS] = {resize_image, send_mail, count_words};
    unsigned job;

    while ((job = atomic_fetch_add(&next_job, 1)) < last_job)
        atomic_fetch_add(&results, kinds[job % KINDS](job / KINDS));
}

static void *worker(void *unused)
{
    for (int round = 0; round < 2; round++) {
        pthread_barrier_wait(&phase);
        work_off();
        pthread_barrier_wait(&phase);
    }
    return unused;
}

static void run_jobs(unsigned count)
{
    atomic_store(&next_job, 0);
    last_job = count;
    pthread_barrier_wait(&phase);
    pthread_barrier_wait(&phase);
}

int main(void)
{
    pthread_t threads[WORKERS];

    noise_begin();
    pthread_barrier_init(&phase, NULL, WORKERS + 1);
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&threads[i], NULL, worker, NULL);
    run_jobs(3000);
    heapdiff_snapshot("steady");
    run_jobs(48000);
    heapdiff_snapshot("loaded");
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    printf("results %lu, %lu\n", atomic_load(&results), noise.sum);
    return 0;
}
