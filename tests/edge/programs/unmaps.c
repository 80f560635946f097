/* unmaps.c -- A child that gives back all its memory, its code too, and dies of that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(void)
{
    churn(100);
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        syscall(SYS_munmap, 0, (UINTPTR_MAX >> 17) & ~(uintptr_t)4095);
        _exit(99);
    }
    must(waitpid(child, &status, 0) == child);
    must(WIFSIGNALED(status));
    printf("signal %d\n", WTERMSIG(status));
    return 0;
}
