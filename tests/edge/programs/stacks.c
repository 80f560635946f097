/* stacks.c -- Allocates on small stacks: threads', signals', contexts'.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <limits.h>
#include <ucontext.h>

static ucontext_t main_context, other;

static void *run(void *unused)
{
    for (int i = 0; i < 200; i++)
        free(malloc(100 + (size_t)i));
    return unused;
}

static void on_signal(int number)
{
    (void)number;
    run(NULL);
}

static void coroutine(void)
{
    for (;;) {
        run(NULL);
        swapcontext(&other, &main_context);
    }
}

static void small_threads(size_t size)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    must(pthread_attr_setstacksize(&attributes, size) == 0);
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        must(pthread_create(&thread, &attributes, run, NULL) == 0);
        must(pthread_join(thread, NULL) == 0);
    }
    pthread_attr_destroy(&attributes);
}

static void on_stack(size_t size)
{
    stack_t alternative = {.ss_sp = malloc(size), .ss_size = size};
    must(sigaltstack(&alternative, NULL) == 0);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 100; i++)
        raise(SIGUSR1);
}

static void contexts(size_t size)
{
    must(getcontext(&other) == 0);
    other.uc_stack = (stack_t){.ss_sp = malloc(size), .ss_size = size};
    makecontext(&other, coroutine, 0);
    for (int i = 0; i < 500; i++)
        must(swapcontext(&main_context, &other) == 0);
}

int main(int count, char **arguments)
{
    size_t size = count > 2 ? (size_t)atoi(arguments[2]) : 16384;
    if (is(arguments[1], "threads"))
        small_threads(size);
    if (is(arguments[1], "signals"))
        on_stack(size);
    if (is(arguments[1], "contexts"))
        contexts(size);
    return 0;
}
