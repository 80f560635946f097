/* interrupted.c -- A program whose signal handler maps memory, and forks, while the interrupted
 * thread does the same or creates a thread: a handler must not wait for the thread that it
 * interrupted.
 *
 * Killed by a deadline if it hangs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENOUGH 3000

static atomic_int handled, faults;
static pthread_t main_thread;

static void *map(void)
{
    return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* A fork takes the locks of all that may be half done. */
static void handle(int number)
{
    void *room = map();
    if (room == MAP_FAILED || munmap(room, 4096) != 0)
        faults++;
    if (handled % 100 == 0) {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        if (child < 0 || waitpid(child, NULL, 0) != child)
            faults++;
    }
    handled++;
}

static void *send(void *nothing)
{
    for (int sent = 0; handled < ENOUGH; sent++) {
        pthread_kill(main_thread, SIGUSR1);
        while (handled <= sent && handled < ENOUGH) /* one after the other */
            sched_yield();
    }
    return nothing;
}

static void *rest(void *nothing)
{
    return nothing;
}

static void use_hooks(void)
{
    void *rooms[64];
    pthread_t thread;
    for (unsigned i = 0; i < 64; i++)
        rooms[i] = map();
    for (unsigned i = 0; i < 64; i++)
        if (rooms[i] == MAP_FAILED || munmap(rooms[i], 4096) != 0)
            faults++;
    if (pthread_create(&thread, NULL, rest, NULL) != 0 || pthread_join(thread, NULL) != 0)
        faults++;
}

int main(void)
{
    pthread_t sender;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    alarm(60);
    main_thread = pthread_self();
    sigaction(SIGUSR1, &action, NULL);
    if (pthread_create(&sender, NULL, send, NULL) != 0)
        return 1;
    while (handled < ENOUGH)
        use_hooks();
    pthread_join(sender, NULL);
    printf("same handled %d\nsame faults %d\n", handled >= ENOUGH, faults);
    return 0;
}
