/* listeners.h -- Who listens on a port, and who has come to it: sockets by what /proc says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_LISTENERS_H
#define ANALYZER_RUN_LISTENERS_H

#include "base/map.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A TCP socket that listens. */
struct listener {
    uint64_t inode;
    int port;
};

/* Begins as {0}. */
struct listeners {
    VEC(struct listener) list;
};

/* Reads those of the network that PID is in, by IPv4 and IPv6. */
void listeners_read(struct listeners *listeners, pid_t pid);
void listeners_done(struct listeners *listeners);

bool listeners_has_port(const struct listeners *listeners, int port);

/* Whether PID has a socket that listens on PORT. -1: its descriptors cannot be read. */
int listeners_owns(const struct listeners *listeners, pid_t pid, int port);

/* A port that PID listens on, greater than AFTER; 0: there is none. */
int listeners_next_port(const struct listeners *listeners, pid_t pid, int after);

/* Connections to a port, each counted once. Looked at often enough (the kernel remembers a closed
 * one for a minute), hardly one is missed: the count is a lower bound. Begins as {0}. */
struct connections {
    struct map seen;
    int64_t count; /* new ones, since the first look */
    bool has_begun;
};

void connections_look(struct connections *connections, pid_t pid, int port);
void connections_done(struct connections *connections);

#endif
