/* identity.h -- Which process this is, and when: the facts in the snapshot's own row.
 *
 * Read by the process itself before anything else, because a copy of the process may write the
 * file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KERNEL_IDENTITY_H
#define KERNEL_IDENTITY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct identity {
    int pid, ppid;
    unsigned uid, threads; /* threads without heapdiff's own */
    uint64_t time_ns;      /* wall clock */
    uint64_t monotonic_ns;
    uint64_t started_ns; /* since boot, in ticks of the kernel's clock; 0 when unknown */
    uint64_t peak_rss;
    char executable[PATH_MAX], directory[PATH_MAX], command_line[4096], host[HOST_NAME_MAX + 1];
};

/* The program's name: as it was started, else its file's. A link may say more than the file behind
 * it: Debian's redis-server is one to redis-check-rdb. Found at the first call, which should come
 * before the program changes its folder or root; the text stays. */
const char *identity_program(void);

/* struct identity's started_ns. */
uint64_t identity_started(void);

/* Whether the parent process has this library mapped too. */
bool identity_parent_has_us(void);

/* When the process began by the wall clock, in ns; 0 when unknown. */
uint64_t identity_began(void);

/* Values that cannot be read are 0 or "". */
void identity_read(struct identity *identity);

#endif
