/* creating.c -- A program whose threads end in every way, and are joined, detached or neither. Says
 * how many of each a snapshot at its end should know: "threads NAME CREATED HELD".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST  16
#define STACK ((size_t)256 << 10)

static pthread_barrier_t met;
static pid_t ids[MOST];

static void *end_at_once(void *id)
{
    *(pid_t *)id = (pid_t)syscall(SYS_gettid);
    pthread_barrier_wait(&met);
    return NULL;
}

static void *stay(void *id)
{
    end_at_once(id);
    for (;;)
        pause();
    return NULL;
}

/* Until the kernel knows them no longer. */
static void await_ends(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        while (syscall(SYS_tgkill, getpid(), ids[i], 0) == 0)
            sched_yield();
}

/* Calls of their own, so that their stacks are too. */
#define CREATE(count, attributes, start)                                                           \
    pthread_t threads[MOST];                                                                       \
    pthread_barrier_init(&met, NULL, (count) + 1);                                                 \
    for (unsigned i = 0; i < (count); i++)                                                         \
        if (pthread_create(&threads[i], attributes, start, &ids[i]) != 0)                          \
            puts("no thread");                                                                     \
    pthread_barrier_wait(&met);

static void run(unsigned count)
{
    CREATE(count, NULL, stay)
    printf("threads running %u %u\n", count, count);
}

static void end_unjoined(unsigned count)
{
    CREATE(count, NULL, end_at_once)
    await_ends(count);
    printf("threads unjoined %u %u\n", count, count);
}

static void join(unsigned count)
{
    CREATE(count, NULL, end_at_once)
    for (unsigned i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    printf("threads joined %u 0\n", count);
}

static void detach(unsigned count)
{
    CREATE(count, NULL, stay)
    for (unsigned i = 0; i < count; i++)
        pthread_detach(threads[i]);
    printf("threads detached %u %u\n", count, count);
}

static void end_detached(unsigned count)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    CREATE(count, &attributes, end_at_once)
    await_ends(count);
    printf("threads gone %u 0\n", count);
}

/* The program's own stack is a mapping of the program's, and no thread stack. */
static void bring_stack(void)
{
    pthread_attr_t attributes;
    void *stack =
        mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, STACK);
    CREATE(1, &attributes, stay)
    printf("site stack mmap 1 %zu 1 %zu\n", STACK, STACK);
}

int main(void)
{
    join(9);
    run(3);
    end_unjoined(5);
    detach(6);
    end_detached(11);
    bring_stack();
    join(7); /* kept by glibc for the next threads */
    return 0;
}
