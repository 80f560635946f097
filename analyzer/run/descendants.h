/* descendants.h -- The processes that a started command led to: its descendants, detached ones too.
 *
 * A daemon leaves its parent and becomes a child of init, or of the nearest ancestor that asked for
 * such orphans (PR_SET_CHILD_SUBREAPER): descendants_adopt asks. So everything that a launcher
 * starts stays below this process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_DESCENDANTS_H
#define ANALYZER_RUN_DESCENDANTS_H

#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct descendant {
    pid_t pid, parent;
    uint64_t started;       /* clock ticks since the machine's start: with the pid, a life */
    const char *command;    /* its arguments, one blank between them */
    const char *executable; /* "" when it cannot be read */
    int64_t resident;       /* bytes */
};

/* Begins as {0}. */
struct descendants {
    VEC(struct descendant) processes; /* parents before their children */
    struct pool *texts;
};

/* Orphans of this process's descendants become its children from now on. */
void descendants_adopt(void);

/* Reads the descendants of ROOT, without EXCEPT (0: none), what came from that, processes that have
 * ended, and the shim's control processes. What was read before is given back. */
void descendants_read(struct descendants *tree, pid_t root, pid_t except);
void descendants_done(struct descendants *tree);

/* NULL when it is not there. */
const struct descendant *descendants_find(const struct descendants *tree, pid_t pid);

/* Whether PID is ANCESTOR or a descendant of it. */
bool descendants_is_below(const struct descendants *tree, pid_t pid, pid_t ancestor);

/* Ends all of them: SIGTERM, then SIGKILL for those that are left after MS milliseconds. */
void descendants_stop(int ms);

#endif
