/* new_in_dlopen.c -- A library's constructor waits for a thread that uses operator new for the
 * first time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <dlfcn.h>

void *_Znwm(size_t size);
void _ZdlPv(void *block);

static pthread_barrier_t barrier;

static void *run(void *unused)
{
    pthread_barrier_wait(&barrier);
    _ZdlPv(_Znwm(100));
    return unused;
}

void new_in_dlopen_wait(void);
void new_in_dlopen_wait(void)
{
    pthread_t thread = started(run, NULL);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
}

int main(int count, char **arguments)
{
    (void)count;
    pthread_barrier_init(&barrier, NULL, 2);
    must(dlopen(arguments[1], RTLD_NOW));
    puts("loaded");
    return 0;
}
