/* threads.c -- Four threads that churn alike; one of them keeps what it allocates.
 *
 * Blocks are also handed from thread to thread, so that most are freed where they were not made.
 *
 * expect: kind=leak site1=open_session file=threads.c growth=8000000±2% blocks=+40000±2%
 * expect: absent=make_message
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapdiff.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, SLOTS = 256, ROUNDS = 200000, SESSION_EVERY = 5, SESSION_SIZE = 200 };

struct session {
    struct session *next;
    char state[SESSION_SIZE - sizeof(struct session *)];
};

static _Atomic(char *) mailbox[SLOTS];
static atomic_ulong messages;
static struct session *sessions; /* of the first thread alone */
static pthread_barrier_t phase;

static char *make_message(unsigned number)
{
    size_t size = 32 + number % 480;

    atomic_fetch_add_explicit(&messages, 1, memory_order_relaxed);
    return memset(malloc(size), (int)(number & 127), size);
}

static void open_session(unsigned number)
{
    struct session *session = malloc(sizeof *session);

    memset(session->state, (int)(number & 127), sizeof session->state);
    session->next = sessions;
    sessions = session;
}

/* Puts a message into a slot and frees the one that was there, whoever made it. */
static void exchange_messages(unsigned thread, unsigned rounds)
{
    unsigned random = thread * 2654435761u + 1;

    for (unsigned round = 0; round < rounds; round++) {
        random = random * 1664525u + 1013904223u;
        free(atomic_exchange(&mailbox[(random >> 16) % SLOTS], make_message(round)));
        if (thread == 0 && round % SESSION_EVERY == 0)
            open_session(round);
    }
}

/* Works twice; main takes its snapshots while every thread waits between the phases. */
static void *serve(void *argument)
{
    unsigned thread = (unsigned)(size_t)argument;

    exchange_messages(thread, ROUNDS / 10);
    pthread_barrier_wait(&phase);
    pthread_barrier_wait(&phase);
    exchange_messages(thread, ROUNDS);
    pthread_barrier_wait(&phase);
    pthread_barrier_wait(&phase);
    return NULL;
}

static void snapshot_between(const char *label)
{
    pthread_barrier_wait(&phase);
    heapdiff_snapshot(label);
    pthread_barrier_wait(&phase);
}

int main(void)
{
    pthread_t threads[THREADS];
    unsigned long kept = 0;

    pthread_barrier_init(&phase, NULL, THREADS + 1);
    for (size_t thread = 0; thread < THREADS; thread++) {
        if (pthread_create(&threads[thread], NULL, serve, (void *)thread) != 0) {
            perror("pthread_create");
            return 1;
        }
    }
    snapshot_between("steady");
    snapshot_between("loaded");
    for (size_t thread = 0; thread < THREADS; thread++)
        pthread_join(threads[thread], NULL);
    for (struct session *session = sessions; session; session = session->next)
        kept++;
    printf("%lu messages, %lu sessions kept\n", atomic_load(&messages), kept);
    return 0;
}
