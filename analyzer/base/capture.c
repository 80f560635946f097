/* capture.c -- What another program prints.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static void read_all(int fd, size_t limit, struct text *out)
{
    char buffer[4096];
    for (;;) { /* to the end in any case, so that the program is not stopped in the middle */
        ssize_t got = read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        size_t room = out->length < limit ? limit - out->length : 0;
        text_add_n(out, buffer, (size_t)got < room ? (size_t)got : room);
    }
}

static bool start(char *const *program, int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(pid, program[0], &actions, NULL, program, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0;
}

bool capture_output(char *const *program, size_t limit, struct text *out)
{
    int ends[2], status = 0;
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    bool good = start(program, ends[1], &pid);
    close(ends[1]);
    if (good) {
        read_all(ends[0], limit, out);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    close(ends[0]);
    return good;
}
