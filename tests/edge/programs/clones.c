/* clones.c -- Children by clone, made by hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <linux/sched.h>
#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int seen;

static int child(void *way)
{
    seen = 1;
    if (is(way, "allocates"))
        free(malloc(100));
    return 5;
}

static pid_t by_clone3(uint64_t flags)
{
    struct clone_args arguments = {.flags = flags, .exit_signal = SIGCHLD};
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "vm";
    churn(100);
    pid_t pid;
    int flags = is(way, "vm")          ? CLONE_VM | SIGCHLD
                : is(way, "vm_files")  ? CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD
                : is(way, "allocates") ? CLONE_VM | CLONE_VFORK | SIGCHLD
                                       : SIGCHLD;
    if (is(way, "clone3")) {
        pid = by_clone3(0);
        if (pid == 0) {
            churn(50);
            _exit(5);
        }
    } else if (is(way, "raw")) {
        pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) {
            churn(50);
            _exit(5);
        }
    } else {
        pid = clone(child, stack + sizeof stack, flags, (void *)way);
    }
    must(pid > 0);
    int status = ending(pid);
    printf("ended with %d, shared: %d\n", status, seen);
    churn(100);
    return 0;
}
