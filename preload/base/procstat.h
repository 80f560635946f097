/* procstat.h -- The row of a process or a thread in /proc/PID/stat.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_PROCSTAT_H
#define BASE_PROCSTAT_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers of fields, as proc(5) counts them. */
enum procstat_field {
    PROCSTAT_FLAGS = 9,
    PROCSTAT_THREADS = 20,
    PROCSTAT_STARTED = 22, /* in ticks since boot */
    PROCSTAT_FIELDS
};

/* Flags of the kernel (include/linux/sched.h). */
#define PROCSTAT_EXITING 0x4u
#define PROCSTAT_FORKED  0x40u /* and no exec since */

struct procstat {
    char state;                       /* 'R', 'S', 'Z', … */
    uint64_t fields[PROCSTAT_FIELDS]; /* from PROCSTAT_FLAGS on; 0: not there */
};

/* False when the file cannot be read or has no such row. */
bool procstat_read(const char *path, struct procstat *stat);

/* How long a thread has run, in ns, by the first number of its schedstat. False when it cannot be
 * read. */
bool procstat_run_time(const char *path, uint64_t *ns);

#endif
