/* serving.h -- Which of the processes that a command led to is the one to measure.
 *
 * With a port: whoever has the socket that listens on it, and its descendants that run the same
 * program (the workers of a cluster get their connections from it). Without: all that are recorded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_SERVING_H
#define ANALYZER_RUN_SERVING_H

#include "base/text.h"
#include "run/descendants.h"

#define SERVING_MOST 64 /* processes that are measured; the others are counted */

enum serving_state {
    SERVING_NOT_YET, /* the port is closed, or nothing is recorded so far */
    SERVING_FOUND,
    SERVING_FOREIGN,    /* the port is open, but no process that we started has it */
    SERVING_UNRECORDED, /* one has it that does not answer */
};

/* Begins as {0}. */
struct serving {
    VEC(pid_t) pids;
    size_t left_out; /* beyond SERVING_MOST */
    pid_t owner;     /* has the port, whether it is recorded or not; 0: none */
};

/* PORT 0: none was given. */
enum serving_state serving_find(struct serving *serving, const struct descendants *tree, int port);
void serving_done(struct serving *serving);

/* "3100 and 9229": the ports that the processes of TREE listen on; "" when there is none. */
void serving_ports(const struct descendants *tree, struct text *words);

/* "node server.js (pid 34) listens on port 3000": children of PID that listen where it does not. ""
 * when there is none. A launcher is often taken for the server that it started. */
void serving_children(pid_t pid, struct text *words);

/* "node server.js (pid 1685), started by npm start". ROOT: the process that was started. */
void serving_describe(const struct descendants *tree, pid_t pid, pid_t root, struct text *words);

#endif
