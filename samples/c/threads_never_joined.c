/* threads_never_joined.c -- A thread a request, neither joined nor detached: its stack stays.
 *
 * expect: kind=mapping site1=start_upload file=threads_never_joined.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_ulong uploaded;
static pthread_barrier_t done;

static void *upload(void *argument)
{
    char part[12 * 1024];

    memset(part, (int)(size_t)argument & 127, sizeof part);
    atomic_fetch_add(&uploaded, (unsigned long)part[100]);
    pthread_barrier_wait(&done);
    return NULL;
}

static void start_upload(unsigned number)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, upload, (void *)(size_t)number) != 0)
        abort();
    pthread_barrier_wait(&done);
}

static void serve(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        start_upload(number);
        noise_work(20);
    }
}

int main(void)
{
    noise_begin();
    pthread_barrier_init(&done, NULL, 2);
    serve(20);
    heapdiff_snapshot("steady");
    serve(600);
    heapdiff_snapshot("loaded");
    printf("%lu uploaded, %lu\n", atomic_load(&uploaded), noise.sum);
    return 0;
}
