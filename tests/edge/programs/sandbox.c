/* sandbox.c -- Goes into a seccomp sandbox, with and without threads, and allocates there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

#define ALLOW(name)                                                                                \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                         \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static pthread_barrier_t barrier;

/* What glibc's malloc, its threads and this program need; anything else is what `otherwise` says.
 */
static void sandbox(unsigned otherwise, unsigned flags)
{
    struct sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
                                   ALLOW(write),
                                   ALLOW(exit_group),
                                   ALLOW(exit),
                                   ALLOW(brk),
                                   ALLOW(mmap),
                                   ALLOW(munmap),
                                   ALLOW(mremap),
                                   ALLOW(mprotect),
                                   ALLOW(madvise),
                                   ALLOW(futex),
                                   ALLOW(rt_sigprocmask),
                                   ALLOW(newfstatat),
                                   ALLOW(rt_sigaction),
                                   ALLOW(rseq),
                                   ALLOW(getrandom),
                                   ALLOW(clone3),
                                   ALLOW(set_robust_list),
                                   ALLOW(rt_sigreturn),
                                   BPF_STMT(BPF_RET | BPF_K, otherwise)};
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0);
}

static void *run(void *unused)
{
    pthread_barrier_wait(&barrier);
    churn(500);
    return unused;
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "filter";
    bool threads = count > 2;
    pthread_t thread = 0;
    pthread_barrier_init(&barrier, NULL, 2);
    if (!is(way, "fresh"))
        churn(100);
    if (threads)
        thread = started(run, NULL);
    if (is(way, "strict"))
        must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
    else
        sandbox(is(way, "errno")  ? SECCOMP_RET_ERRNO | EPERM
                : is(way, "trap") ? SECCOMP_RET_TRAP
                                  : SECCOMP_RET_KILL_PROCESS,
                threads ? SECCOMP_FILTER_FLAG_TSYNC : 0);
    if (is(way, "strict")) {
        for (int i = 0; i < 1000; i++)
            free(malloc(100));
        must(write(1, "strict\n", 7) == 7);
        syscall(SYS_exit, 0);
    }
    churn(500);
    if (threads) {
        pthread_barrier_wait(&barrier);
        must(pthread_join(thread, NULL) == 0);
    }
    if (is(way, "later"))
        must(pthread_create(&thread, NULL, (void *(*)(void *))free, NULL) == 0 &&
             pthread_join(thread, NULL) == 0);
    must(write(1, "inside\n", 7) == 7);
    if (is(way, "quick"))
        syscall(SYS_exit_group, 0);
    return 0;
}
