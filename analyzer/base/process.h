/* process.h -- What /proc/PID/stat says about a process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_PROCESS_H
#define ANALYZER_BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_stat {
    char state;         /* 'R', 'S', 'T', … */
    int64_t started_ns; /* since the machine was started */
};

/* False when it cannot be read: the process has ended. */
bool process_read_stat(pid_t pid, struct process_stat *stat);

/* By a signal or a debugger. */
bool process_is_stopped(pid_t pid);

#endif
