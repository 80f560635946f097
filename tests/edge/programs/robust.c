/* robust.c -- A process that shares a mutex ends while it holds it; the other process gets an
 * error.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static void *hold(void *mutex)
{
    churn(10);
    must(pthread_mutex_lock(mutex) == 0);
    return NULL;
}

int main(void)
{
    pthread_mutex_t *mutex =
        mmap(NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    must(pthread_mutex_init(mutex, &attributes) == 0);
    pid_t child = fork();
    if (child == 0) {
        hold(mutex);
        _exit(0);
    }
    must(ending(child) == 0);
    must(pthread_mutex_lock(mutex) == EOWNERDEAD && pthread_mutex_consistent(mutex) == 0);
    must(pthread_mutex_unlock(mutex) == 0);
    pthread_join(started(hold, mutex), NULL);
    must(pthread_mutex_lock(mutex) == EOWNERDEAD);
    puts("told twice");
    return 0;
}
