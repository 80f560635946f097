/* sandboxed.c -- A program that forbids itself the system calls that only the shim would make.
 *
 * sandboxed WAY: by prctl, seccomp (through syscall) or indirect (prctl through syscall). What
 * fails, and what a child of vfork does, changes nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hooks/site.h"

#define PAGE         ((size_t)4096)
#define DENY(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET, KILL)
#define KILL         SECCOMP_RET_KILL_PROCESS

static struct sock_filter rules[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    DENY(SYS_shmctl),
    DENY(SYS_fstat),
    DENY(SYS_newfstatat),
    DENY(SYS_ioctl),
    BPF_STMT(BPF_RET, SECCOMP_RET_ALLOW),
};
static struct sock_fprog filter = {sizeof rules / sizeof *rules, rules};

static long install(const char *way)
{
    if (strcmp(way, "prctl") == 0)
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
    if (strcmp(way, "seccomp") == 0)
        return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
    return syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

static void fail_to_install(void)
{
    errno = 0;
    same("no filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL));
    same_errno("no filter");
    same("bad flags", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0x8000, &filter));
    same_errno("bad flags");
    same("bad mode", syscall(SYS_prctl, PR_SET_SECCOMP, 77, 0, 0, 0));
    same_errno("bad mode");
    same("mode", prctl(PR_GET_SECCOMP));
}

static void install_in_a_child_of_vfork(const char *way)
{
    int status = -1;
    pid_t child = vfork();
    if (child == 0)
        _exit(install(way) == 0 ? 0 : 1);
    waitpid(child, &status, 0);
    same("child", status);
    same("mode", prctl(PR_GET_SECCOMP));
}

static void attach(int segment)
{
    errno = SITE_ERRNO;
    same("attached", shmat(segment, NULL, 0) != (void *)-1);
    same_errno("shmat");
}

/* Everything that needs a question to the kernel. */
static void use_hooks(int segment, int file)
{
    void *room = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    attach(segment);
    same("code", mmap(room, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 0) == room);
    same("setns", setns(-1, 0));
    same_errno("setns");
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "prctl";
    int segments[] = {shmget(IPC_PRIVATE, 5 * PAGE, 0600), shmget(IPC_PRIVATE, 7 * PAGE, 0600)};
    int file = open("/proc/self/exe", O_RDONLY);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    fail_to_install();
    install_in_a_child_of_vfork(way);
    attach(segments[0]);
    site_live("shmat", "shm", 5 * PAGE);
    void *held = shmat(segments[1], NULL, SHM_RDONLY); /* nothing stays behind, whatever happens */
    for (int i = 0; i < 2; i++)
        shmctl(segments[i], IPC_RMID, NULL);
    same("held", held != (void *)-1);
    same("installed", install(way));
    use_hooks(segments[1], file);
    same("mode", prctl(PR_GET_SECCOMP));
    return 0;
}
