/* page.h -- Finding and mapping the control page of a recorded process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CONTROL_PAGE_H
#define ANALYZER_CONTROL_PAGE_H

#include "base/error.h"
#include "format/protocol.h"

#include <sys/types.h>

struct page {
    pid_t pid;
    int pid_fd;     /* readable when the process has ended */
    int control_fd; /* readable when its control process has ended; -1: there is none */
    int fd;         /* of the control file: for flock */
    struct control_page *mapped;
};

/* False with ERROR filled when there is no such process, it is another user's, or not recorded. */
bool page_open(struct page *page, pid_t pid, struct error *error);
void page_close(struct page *page);

/* True when the process is recorded and ready to answer; never an error. */
bool page_is_ready(pid_t pid);

/* True when the process has ended. */
bool page_process_ended(const struct page *page);

/* True when its control process has ended: there will be no answer. */
bool page_control_ended(const struct page *page);

#endif
