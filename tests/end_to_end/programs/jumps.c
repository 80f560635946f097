/* jumps.c -- Is interrupted while an allocation of its own is being recorded, and does not go back.
 *
 * The recording of a block in a part of the address space that has had none maps memory; a filter
 * makes a signal of that, whose handler jumps out. Then keeps 100 blocks of 1000 bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
#define BIG   ((size_t)256 << 20) /* begins far from every block there is */

extern void *kept[];
void *kept[101];
static sigjmp_buf outside;
static volatile sig_atomic_t jumped;

/* Later calls are made for the caller, in a way that the filter lets pass. */
static void on_call(int number, siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)number, (void)info;
    if (!jumped++)
        siglongjmp(outside, 1);
    registers[REG_RAX] = syscall(SYS_mmap, registers[REG_RDI], registers[REG_RSI],
                                 registers[REG_RDX], MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Past libc: heapdiff is not to know of the filter, and to go on making system calls. */
static long install(const struct sock_fprog *program)
{
    register long d __asm__("r10") = 0, e __asm__("r8") = 0;
    long result = SYS_prctl;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"((long)PR_SET_SECCOMP), "S"(2l), "d"(program), "r"(d), "r"(e)
                     : "rcx", "r11", "memory");
    return result;
}

static int catch_calls(void)
{
    const unsigned flags = offsetof(struct seccomp_data, args[3]);
    const unsigned protection = offsetof(struct seccomp_data, args[2]);
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, flags),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FLAGS, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, protection),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROT_READ | PROT_WRITE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO};
    return sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           install(&program) != 0;
}

/* Further in than what follows. */
__attribute__((noinline)) static void be_interrupted(void)
{
    char room[4096];
    __asm__ volatile("" ::"r"(room) : "memory");
    if (sigsetjmp(outside, 1) == 0)
        kept[100] = malloc(BIG);
}

__attribute__((noinline)) static void keep_blocks(void)
{
    for (int i = 0; i < 100; i++)
        kept[i] = malloc(1000);
}

int main(void)
{
    free(malloc(10)); /* this thread is known */
    if (catch_calls())
        return 2;
    be_interrupted();
    keep_blocks();
    printf("jumped %d\n", (int)jumped > 0);
    return 0;
}
