/* slow_consumer.c -- A queue whose consumer takes three of four jobs: the backlog only grows.
 *
 * No job of the first snapshot is alive in the second, and three quarters of all were freed.
 *
 * expect: kind=leak site1=post_job file=slow_consumer.c growth=9600000±2% blocks=+20000±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

struct job {
    struct job *next;
    unsigned number;
    char request[468];
};

static struct job *first, **end = &first;
static unsigned long taken;

static void post_job(unsigned number)
{
    struct job *job = malloc(sizeof *job);

    job->number = number;
    job->next = NULL;
    memset(job->request, 'q', sizeof job->request);
    *end = job;
    end = &job->next;
}

static void take_job(void)
{
    struct job *job = first;

    first = job->next;
    if (!first)
        end = &first;
    taken += job->number;
    free(job);
}

static void serve(unsigned jobs)
{
    for (unsigned number = 0; number < jobs; number++) {
        post_job(number);
        if (number % 4 != 3)
            take_job();
        noise_message(number);
    }
}

int main(void)
{
    noise_begin();
    serve(8000);
    heapdiff_snapshot("steady");
    serve(80000);
    heapdiff_snapshot("loaded");
    printf("%lu taken, %lu\n", taken, noise.sum);
    return 0;
}
