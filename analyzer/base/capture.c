/* capture.c -- The output of another program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/capture.h"

#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void read_all(int fd, size_t limit, struct text *out)
{
    char buffer[4096];
    for (;;) { /* read to the end in any case: a full pipe would block the program */
        ssize_t got = read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        size_t room = out->length < limit ? limit - out->length : 0;
        text_add_n(out, buffer, (size_t)got < room ? (size_t)got : room);
    }
}

bool capture_output(char *const *program, size_t limit, struct text *out)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t pid = spawn_start(program, ends[1], SPAWN_NOWHERE);
    close(ends[1]);
    if (pid > 0)
        read_all(ends[0], limit, out);
    close(ends[0]);
    return pid > 0 && spawn_wait(pid);
}
