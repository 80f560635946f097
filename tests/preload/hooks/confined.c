/* confined.c -- A program under a filter that kills it for every system call but those that it
 * needs itself: threads that were there before allocate and free, and so do threads that come
 * later.
 *
 * confined filter, or confined strict: only read, write and exit are left, to the calling thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALLOW(number)                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET, SECCOMP_RET_ALLOW)
#define THREADS 4
#define BLOCKS  2000

/* What glibc's malloc and its threads need, and stdio. */
static struct sock_filter rules[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    ALLOW(SYS_read),
    ALLOW(SYS_write),
    ALLOW(SYS_exit),
    ALLOW(SYS_exit_group),
    ALLOW(SYS_rt_sigreturn),
    ALLOW(SYS_rt_sigprocmask),
    ALLOW(SYS_futex),
    ALLOW(SYS_mmap),
    ALLOW(SYS_munmap),
    ALLOW(SYS_mremap),
    ALLOW(SYS_brk),
    ALLOW(SYS_madvise),
    ALLOW(SYS_mprotect),
    ALLOW(SYS_clone3),
    ALLOW(SYS_set_robust_list),
    ALLOW(SYS_rseq),
    ALLOW(SYS_sched_getaffinity),
    BPF_STMT(BPF_RET, SECCOMP_RET_KILL_PROCESS),
};
static struct sock_fprog filter = {sizeof rules / sizeof *rules, rules};

static sem_t closed;

static __attribute__((noinline)) void *fresh(size_t size)
{
    char *block = malloc(size);
    if (block)
        memset(block, 1, size);
    return block;
}

/* Different depths of stack, and sizes of all kinds, also such as malloc maps. */
static __attribute__((noinline)) size_t work(unsigned depth, unsigned seed)
{
    size_t sum = 0;
    if (depth)
        return work(depth - 1, seed) + 1;
    for (unsigned i = 0; i < BLOCKS; i++) {
        size_t size = (i * 37 + seed) % 3000 + (i % 500 == 0 ? 300000u : 0);
        void *block = fresh(size), *bigger = realloc(block, size * 2 + 1);
        void *zero = calloc(1, size + 1);
        sum += bigger && zero;
        free(bigger);
        free(zero);
    }
    void *room = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sum += room != MAP_FAILED && munmap(room, 65536) == 0;
    return sum;
}

static void *early(void *number)
{
    size_t sum = work(3, (unsigned)(size_t)number);
    while (sem_wait(&closed) != 0)
        ;
    return (void *)(sum + work(5, (unsigned)(size_t)number));
}

static void *late(void *number)
{
    return (void *)work(7, (unsigned)(size_t)number);
}

static void start(pthread_t *threads, void *(*run)(void *))
{
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, (void *)i) != 0)
            abort();
}

static void join(const char *name, pthread_t *threads)
{
    size_t all = 0;
    void *sum = NULL;
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &sum);
        all += (size_t)sum;
    }
    printf("same %s %zu\n", name, all);
}

static int run_filtered(void)
{
    pthread_t before[THREADS], after[THREADS];
    start(before, early);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) != 0)
        return 2;
    for (size_t i = 0; i < THREADS; i++)
        sem_post(&closed);
    start(after, late);
    printf("same main %zu\n", work(2, 5));
    join("before", before);
    join("after", after);
    return 0;
}

/* All memory is there beforehand: malloc may not ask for more. */
static int run_strict(void)
{
    static const char text[] = "same strict 1\n";
    void *blocks[100];
    free(malloc(100000));
    printf("same main %zu\n", work(2, 5));
    fflush(stdout);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0) != 0)
        return 2;
    for (unsigned i = 0; i < 100; i++)
        blocks[i] = fresh(i);
    for (unsigned i = 0; i < 100; i++)
        free(blocks[i]);
    ssize_t written = write(1, text, sizeof text - 1);
    syscall(SYS_exit, written > 0 ? 0 : 3);
    return 4;
}

int main(int count, char **arguments)
{
    printf("same begin 0\n");
    fflush(stdout);
    sem_init(&closed, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return count > 1 && strcmp(arguments[1], "strict") == 0 ? run_strict() : run_filtered();
}
