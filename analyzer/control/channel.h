/* channel.h -- Finding and mapping the control page of a recorded process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CONTROL_CHANNEL_H
#define ANALYZER_CONTROL_CHANNEL_H

#include "base/error.h"
#include "format/protocol.h"

#include <sys/types.h>

struct channel {
    pid_t pid;
    int pid_fd;     /* readable when the process has ended */
    int control_fd; /* readable when its control process has ended; -1: there is none */
    int fd;         /* of the control file: for flock */
    struct control_page *mapped;
};

/* False with ERROR filled when there is no such process, it is another user's, or not recorded. */
bool channel_open(struct channel *page, pid_t pid, struct error *error);
void channel_close(struct channel *page);

/* True when the process is recorded and ready to answer; never an error. */
bool channel_is_ready(pid_t pid);

/* True when the process has ended. */
bool channel_process_ended(const struct channel *page);

/* True when its control process has ended: there will be no answer. */
bool channel_control_ended(const struct channel *page);

#endif
