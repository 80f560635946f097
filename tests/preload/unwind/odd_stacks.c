/* odd_stacks.c -- Allocates from where unwinders stumble; built without frame pointers.
 *
 * Signal handlers (on the thread's stack and on an alternate one), coroutines on heap memory,
 * functions with frames of varying size, longjmp, functions reached through the PLT and by tail
 * calls, deep recursion, callbacks out of libc, rbp as a general register that changes while its
 * frame stays. Prints how many blocks it made, nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <alloca.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define ROUNDS 400

static atomic_long made;

static __attribute__((noinline)) void leaf(size_t size)
{
    void *block = malloc(size);
    __asm__ volatile("" : : "r"(block) : "memory");
    free(block);
    made++;
}

static __attribute__((noinline)) void varying(int n)
{
    char *room = alloca((size_t)(n % 37) * 16 + 16);
    memset(room, n, 16);
    leaf((size_t)room[0] + 1);
    if (n > 0)
        varying(n - 1);
    __asm__ volatile("" : : "r"(room) : "memory");
}

/* rbp counts: its value changes from call to call and must not matter. */
static __attribute__((noinline)) void busy_register(int n)
{
    register long counter __asm__("rbp") = n;
    for (int i = 0; i < 8; i++) {
        __asm__ volatile("add $1, %0" : "+r"(counter));
        leaf(24);
    }
    __asm__ volatile("" : : "r"(counter));
}

static __attribute__((noinline)) void tail(size_t size)
{
    leaf(size); /* becomes a jump */
}

static int compare(const void *a, const void *b)
{
    leaf(16);
    return *(const int *)a - *(const int *)b;
}

static void callbacks(void)
{
    int numbers[32];
    for (int i = 0; i < 32; i++)
        numbers[i] = (i * 7919) % 32;
    qsort(numbers, 32, sizeof *numbers, compare);
}

static jmp_buf back;

static __attribute__((noinline)) void jump(int depth)
{
    leaf(40);
    if (depth == 0)
        longjmp(back, 1);
    jump(depth - 1);
    leaf(41);
}

static void on_signal(int number)
{
    leaf((size_t)number);
}

static void signals(void)
{
    raise(SIGUSR1);
    raise(SIGUSR2); /* on the alternate stack */
}

static ucontext_t caller, coroutine;

static void coroutine_body(void)
{
    for (int i = 0;; i++) {
        leaf(64);
        varying(3);
        swapcontext(&coroutine, &caller);
    }
}

static void coroutines(void)
{
    static char stack[65536];
    getcontext(&coroutine);
    coroutine.uc_stack.ss_sp = stack;
    coroutine.uc_stack.ss_size = sizeof stack;
    makecontext(&coroutine, coroutine_body, 0);
    for (int i = 0; i < 4; i++) {
        swapcontext(&caller, &coroutine);
        leaf(65);
    }
}

static __attribute__((noinline)) void deep(int n)
{
    if (n % 16 == 0)
        leaf(48);
    if (n > 0)
        deep(n - 1);
    __asm__ volatile("" ::: "memory");
}

static void *work(void *nothing)
{
    for (int i = 0; i < ROUNDS; i++) {
        varying(i % 23);
        busy_register(i);
        tail(32);
        callbacks();
        deep(i);
        char *text = strdup("through the PLT");
        free(text);
    }
    return nothing;
}

int main(void)
{
    static char alternate[65536];
    pthread_t threads[2];
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    struct sigaction plain = {.sa_handler = on_signal},
                     other = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &plain, NULL);
    sigaction(SIGUSR2, &other, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        signals();
        coroutines();
        if (setjmp(back) == 0)
            jump(i % 50);
    }
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    work(NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%ld\n", made);
    return 0;
}
