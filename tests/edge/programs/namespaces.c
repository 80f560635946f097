/* namespaces.c -- Enters namespaces and other roots, then goes on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <sched.h>
#include <sys/mount.h>

static void pivot(void)
{
    must(unshare(CLONE_NEWNS) == 0);
    must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    must(mkdir("root", 0755) == 0 && mount("none", "root", "tmpfs", 0, NULL) == 0);
    must(mkdir("root/old", 0755) == 0);
    must(syscall(SYS_pivot_root, "root", "root/old") == 0 && chdir("/") == 0);
    must(umount2("/old", MNT_DETACH) == 0);
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "user";
    churn(100);
    if (is(way, "user"))
        must(unshare(CLONE_NEWUSER) == 0);
    if (is(way, "user_mount"))
        must(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
    if (is(way, "user_pid"))
        must(unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0);
    if (is(way, "pid"))
        must(unshare(CLONE_NEWPID) == 0);
    if (is(way, "fs"))
        must(unshare(CLONE_FS | CLONE_FILES) == 0);
    if (is(way, "setns")) {
        int mine = open("/proc/self/ns/mnt", O_RDONLY);
        must(mine >= 0 && unshare(CLONE_NEWNS) == 0 && setns(mine, CLONE_NEWNS) == 0);
        close(mine);
    }
    if (is(way, "chroot"))
        must(mkdir("root", 0755) == 0 && chroot("root") == 0 && chdir("/") == 0);
    if (is(way, "pivot"))
        pivot();
    churn(100);
    pid_t child = fork();
    if (child == 0) {
        churn(100);
        return is(way, "pid") || is(way, "user_pid") ? getpid() : 0;
    }
    printf("child %d\n", ending(child));
    return 0;
}
