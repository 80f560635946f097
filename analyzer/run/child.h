/* child.h -- Child processes that can be waited for among other things, and that leave nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_CHILD_H
#define ANALYZER_RUN_CHILD_H

#include "base/error.h"
#include "run/launch.h"

#include <sys/types.h>

struct child {
    pid_t pid; /* 0: not started, or ended and reaped */
    int fd;    /* pidfd: readable when it has ended */
};

/* Starts PROGRAM in a process group of its own, with its stdout going to our stderr; under the shim
 * when LAUNCH is not NULL. False with ERROR filled when it cannot be executed. */
bool child_start(struct child *child, char *const *program, const struct launch *launch,
                 struct error *error);

/* Reaps a child that has ended. Returns its status as a shell would say it: 128 + signal. */
int child_reap(struct child *child);

/* Ends the child and its group: SIGTERM, then SIGKILL for what is left after a while. */
void child_stop(struct child *child);

#endif
