/* early_fork.c -- A library that forks before main: parent and child both go on to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/wait.h>
#include <unistd.h>

pid_t early_fork_child = -1;

__attribute__((constructor)) static void fork_early(void)
{
    early_fork_child = fork();
}

int early_fork_wait(void);
int early_fork_wait(void)
{
    int status = 0;
    if (early_fork_child > 0)
        waitpid(early_fork_child, &status, 0);
    return WEXITSTATUS(status);
}
