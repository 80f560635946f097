/* deeds.c -- Does to itself what daemons and sandboxes do, then waits to be asked for a snapshot.
 *
 * usage: deeds DEED...     in this order; "keep" allocates 100 blocks of 1000 bytes. Prints
 * "ready PID" at the end, before what closes stdout, and waits for a signal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int failed, const char *what)
{
    if (failed) {
        printf("cannot %s: %s\n", what, strerror(errno));
        exit(9);
    }
}

extern void *kept[];
void *kept[100];

static void keep_blocks(void)
{
    for (int i = 0; i < 100; i++)
        kept[i] = malloc(1000);
}

static void nobody(void)
{
    must(setgroups(0, NULL), "setgroups");
    must(setresgid(65534, 65534, 65534), "setresgid");
    must(setresuid(65534, 65534, 65534), "setresuid");
}

static void fork_away(void)
{
    pid_t child = fork();
    must(child < 0, "fork");
    if (child)
        exit(0);
}

static void daemonise(void)
{
    fork_away();
    must(setsid() < 0, "setsid");
    fork_away();
    must(chdir("/"), "chdir");
    umask(0777);
}

/* From here on the kernel is an old one in a strict sandbox: whoever wants a table of descriptors
 * or a root of his own does not get it. */
static void refuse_to_part(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0 /* number of the system call */),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {5, filter};
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &program), "seccomp");
}

static void say_ready(void)
{
    printf("ready %d\n", (int)syscall(SYS_getpid));
    fflush(stdout);
}

/* Closes the numbers that one is given, for ever, and opens a file of its own again and again. */
static void close_and_open(const char *path)
{
    keep_blocks();
    say_ready();
    for (;;) {
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        for (int i = 0; i < 16; i++)
            must(open(path, O_RDWR) < 0, path);
    }
}

static int count_threads(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *entry; (entry = readdir(tasks));)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

static void enter(const char *file)
{
    int fd = open(file, O_RDONLY);
    must(fd < 0 || setns(fd, 0), file);
    close(fd);
}

static void act(const char *deed)
{
    if (strcmp(deed, "keep") == 0)
        keep_blocks();
    else if (strncmp(deed, "chroot=", 7) == 0)
        must(chroot(deed + 7) || chdir("/"), "chroot");
    else if (strcmp(deed, "nobody") == 0)
        nobody();
    else if (strcmp(deed, "umask") == 0)
        umask(0777);
    else if (strcmp(deed, "daemon") == 0)
        daemonise();
    else if (strncmp(deed, "unshare=", 8) == 0)
        must(unshare((int)strtol(deed + 8, NULL, 0)), deed);
    else if (strncmp(deed, "setns=", 6) == 0)
        enter(deed + 6);
    else if (strcmp(deed, "child") == 0)
        fork_away();
    else if (strcmp(deed, "threads") == 0)
        printf("threads %d\n", count_threads());
    else if (strncmp(deed, "exec=", 5) == 0)
        must(execl("/proc/self/exe", "deeds", deed + 5, (char *)NULL), "exec");
    else if (strcmp(deed, "refuse-to-part") == 0)
        refuse_to_part();
    else if (strncmp(deed, "close-and-open=", 15) == 0)
        close_and_open(deed + 15);
    else if (strncmp(deed, "file-size=", 10) == 0)
        must(setrlimit(RLIMIT_FSIZE, &(struct rlimit){(rlim_t)atol(deed + 10), RLIM_INFINITY}),
             "setrlimit");
    else if (strcmp(deed, "close-all") == 0) {
        say_ready();
        must(syscall(SYS_close_range, 0, ~0u, 0) != 0, "close_range");
        pause();
    } else
        must(1, deed);
}

int main(int count, char **deeds)
{
    for (int i = 1; i < count; i++)
        act(deeds[i]);
    say_ready();
    for (;;)
        pause();
}
