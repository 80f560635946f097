/* endings.c -- Ends, or makes others, in one of the ways that processes do.
 *
 * usage: endings WAY [PROGRAM|FLAGS]     keeps 100 blocks of 1000 bytes in keep_blocks first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heapdiff.h"

#define DESCRIPTORS 12

extern char **environ;
extern void *kept[];
void *kept[200];

__attribute__((noinline)) static void keep_blocks(void)
{
    for (int i = 0; i < 100; i++)
        kept[i] = malloc(1000);
}

__attribute__((noinline)) static void keep_more_in_the_child(void)
{
    for (int i = 100; i < 200; i++)
        kept[i] = malloc(1000);
}

static int status_of(pid_t child)
{
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 99;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 90;
}

static void leave(int number)
{
    _exit(number == SIGUSR1 ? 5 : 6);
}

static void leave_in_handler(void)
{
    signal(SIGUSR1, leave);
    raise(SIGUSR1);
}

/* Interrupted again and again inside of malloc and mmap; one of the signals ends it. */
static void leave_in_handler_of_timer(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec in = {.it_value = {0, 3000000}};
    timer_t timer;
    signal(SIGUSR1, leave);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &in, NULL);
    for (;;) {
        free(malloc(700));
        munmap(mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 8192);
        heapdiff_alloc("pool", &in, 8);
        heapdiff_free("pool", &in);
    }
}

/* Until the thread of that id waits for a futex. */
static void await_futex(int thread)
{
    char path[64], text[16] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", thread);
    while (strncmp(text, "202 ", 4) != 0) {
        int fd = open(path, O_RDONLY);
        if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
            exit(96);
        close(fd);
    }
}

static void *interrupt(void *thread)
{
    await_futex(getpid());
    pthread_kill(*(pthread_t *)thread, SIGUSR1);
    return NULL;
}

/* The handler runs in the middle of heapdiff_snapshot. */
static void leave_in_handler_while_waiting(void)
{
    pthread_t self = pthread_self(), other;
    signal(SIGUSR1, leave);
    pthread_create(&other, NULL, interrupt, &self);
    while (heapdiff_snapshot("interrupted") == 0)
        continue;
    raise(SIGUSR1);
}

static int fork_and_wait(void)
{
    pid_t child = fork();
    if (child == 0) {
        keep_more_in_the_child();
        exit(7);
    }
    return status_of(child);
}

/* Past the fork handlers, as sandboxes do; with CLONE_NEWPID the child has pid 1, and so may we. */
static int copy_and_wait(int flags)
{
    pid_t child = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0) {
        keep_more_in_the_child();
        exit(heapdiff_snapshot("in the copy") == -1 ? 7 : 9);
    }
    return status_of(child);
}

/* Every descriptor that the program has, a child of its has too. */
static void *fork_for_ever(void *unused)
{
    for (;;) {
        pid_t child = fork();
        for (int fd = 0; child == 0 && fd < DESCRIPTORS; fd++)
            if (fcntl(fd, F_GETFD) < 0)
                _exit(1);
        if (child == 0)
            _exit(0);
        if (status_of(child) != 0)
            _exit(94);
    }
    return unused;
}

/* Threads fork while snapshots are taken, and while the process exits. */
static int fork_meanwhile(void)
{
    pthread_t thread;
    for (int fd = 3; fd < DESCRIPTORS; fd++)
        dup2(0, fd);
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, fork_for_ever, NULL);
    for (int i = 0; i < 5; i++)
        heapdiff_snapshot("forking");
    return 3;
}

static int vfork_and_wait(void)
{
    pid_t child = vfork();
    if (child == 0) {
        int refused = heapdiff_snapshot("in the child");
        _exit(refused == -1 ? 8 : 9);
    }
    return status_of(child);
}

static int spawn_and_wait(const char *program)
{
    pid_t child;
    char *arguments[] = {(char *)program, NULL};
    return posix_spawn(&child, program, NULL, NULL, arguments, environ) ? 98 : status_of(child);
}

static pthread_key_t key;

static void free_at_end(void *block)
{
    free(block);
    free(malloc(64)); /* a destructor may allocate, and does in C++ */
}

static void *with_key(void *unused)
{
    pthread_setspecific(key, malloc(3000));
    return malloc(10);
}

static int threads_that_free_at_their_end(void)
{
    pthread_key_create(&key, free_at_end);
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        void *block;
        if (pthread_create(&thread, NULL, with_key, NULL) || pthread_join(thread, &block))
            return 97;
        free(block);
    }
    return 0;
}

int main(int count, char **words)
{
    const char *way = count > 1 ? words[1] : "";
    keep_blocks();
    if (strcmp(way, "_exit") == 0)
        _exit(4);
    if (strcmp(way, "abort") == 0)
        abort();
    if (strcmp(way, "handler") == 0)
        leave_in_handler();
    if (strcmp(way, "timer") == 0)
        leave_in_handler_of_timer();
    if (strcmp(way, "waiting") == 0)
        leave_in_handler_while_waiting();
    if (strcmp(way, "fork") == 0)
        return fork_and_wait();
    if (strcmp(way, "copy") == 0)
        return copy_and_wait(count > 2 ? (int)strtol(words[2], NULL, 0) : 0);
    if (strcmp(way, "forking") == 0)
        return fork_meanwhile();
    if (strcmp(way, "vfork") == 0)
        return vfork_and_wait();
    if (strcmp(way, "spawn") == 0)
        return spawn_and_wait(words[2]);
    if (strcmp(way, "exec") == 0)
        execl(words[2], words[2], (char *)NULL);
    if (strcmp(way, "threads") == 0)
        return threads_that_free_at_their_end();
    if (strcmp(way, "snapshot") == 0)
        return heapdiff_snapshot("asked");
    return 3;
}
