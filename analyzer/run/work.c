/* work.c -- A job under way: what it waits for, what it says.
 *
 * Everything waited for is a descriptor: the ends of both children, and the signals that ask us to
 * stop. So Ctrl-C leaves at any point through the same door, which stops the children.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/work.h"

#include "run/port.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void work_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("heapdiff: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

int64_t work_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A launcher may start the server in the background and end; a server that ends is an error. */
static bool server_has_ended(struct work *work)
{
    int status = child_reap(&work->server);
    descendants_read(&work->tree, getpid(), work->load.pid);
    if (status == 0 && work->tree.processes.count > 0) {
        work->root_has_left = true;
        work_say("%s has ended and left %zu process%s running", work->plan->program[0],
                 work->tree.processes.count, work->tree.processes.count == 1 ? "" : "es");
        return true;
    }
    if (status == 0 && work->plan->port && port_is_open(work->plan->port)) {
        error_set(work->error, WORK_FOREIGN_HINT,
                  "not measurable: %s has ended, and a process that it did not start has port %d",
                  work->plan->program[0], work->plan->port);
        work->error->code = EXIT_NOT_MEASURABLE;
        return false;
    }
    return error_set(work->error, "its own messages stand above",
                     "%s ended with status %d before it was measured", work->plan->program[0],
                     status);
}

enum work_event work_wait(struct work *work, int64_t ms)
{
    struct pollfd fds[] = {{.fd = work->signals, .events = POLLIN},
                           {.fd = work->server.fd, .events = POLLIN},
                           {.fd = work->load.fd, .events = POLLIN}};
    int limit = ms > INT32_MAX ? INT32_MAX : (int)ms;
    poll(fds, 3, limit); /* what interrupts it counts as time that is over */
    if (fds[0].revents) {
        error_set(work->error, NULL, "interrupted");
        work->error->code = INTERRUPTED;
        return WORK_BROKEN;
    }
    if (fds[1].revents && !server_has_ended(work))
        return WORK_BROKEN;
    return fds[2].revents ? WORK_LOAD_ENDED : WORK_TIME;
}

/* Parents stand before their children, and pids rise: most are found at the end of the list. */
static void remember(struct work *work, pid_t pid)
{
    for (size_t i = work->seen.count; i-- > 0;)
        if (work->seen.items[i] == pid)
            return;
    VEC_ADD(&work->seen, pid);
}

enum serving_state work_look(struct work *work)
{
    descendants_read(&work->tree, getpid(), work->load.pid);
    for (size_t i = 0; i < work->tree.processes.count; i++)
        remember(work, work->tree.processes.items[i].pid);
    return serving_find(&work->serving, &work->tree, work->plan->port);
}

int64_t work_resident(const struct work *work)
{
    int64_t sum = 0;
    for (size_t i = 0; i < work->serving.pids.count; i++) {
        const struct descendant *process =
            descendants_find(&work->tree, work->serving.pids.items[i]);
        sum += process ? process->resident : 0;
    }
    return sum;
}
