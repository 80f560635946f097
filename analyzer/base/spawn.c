/* spawn.c -- Starting another program, without a shell and without input.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static void direct(posix_spawn_file_actions_t *actions, int from, int to)
{
    if (from == SPAWN_NOWHERE)
        posix_spawn_file_actions_addopen(actions, to, "/dev/null", O_WRONLY, 0);
    else
        posix_spawn_file_actions_adddup2(actions, from, to);
}

static pid_t spawn_with(char *const *program, int output, int errors, short flags)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t child = 0;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGMASK | flags));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    direct(&actions, output, STDOUT_FILENO);
    direct(&actions, errors, STDERR_FILENO);
    errno = posix_spawnp(&child, program[0], &actions, &attributes, program, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return errno ? 0 : child;
}

pid_t spawn_start(char *const *program, int output, int errors)
{
    return spawn_with(program, output, errors, 0);
}

bool spawn_wait(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The process between ends at once, so that init adopts the program. */
void spawn_detached(char *const *program)
{
    pid_t between = fork();
    if (between == 0) {
        spawn_with(program, SPAWN_NOWHERE, SPAWN_NOWHERE, POSIX_SPAWN_SETSID);
        _exit(0);
    }
    if (between > 0)
        spawn_wait(between);
}
