/* listeners.c -- Who listens on a port, and who has come to it: sockets by what /proc says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/listeners.h"

#include "base/text.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE_LISTEN 0x0A /* TCP_LISTEN in /proc/net/tcp */

struct socket_row {
    char local[33], remote[33];
    unsigned local_port, remote_port, state;
    uint64_t inode;
};

/* "sl: ADDRESS:PORT ADDRESS:PORT ST tx:rx tr:when retransmits uid timeout inode" */
static bool read_row(const char *line, struct socket_row *row)
{
    return sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%x %x %*s %*s %*s %*s %*s %" SCNu64,
                  row->local, &row->local_port, row->remote, &row->remote_port, &row->state,
                  &row->inode) == 6;
}

static void each_row(pid_t pid, void (*call)(void *context, const struct socket_row *row),
                     void *context)
{
    static const char *const tables[] = {"tcp", "tcp6"};
    for (size_t i = 0; i < 2; i++) {
        char path[64], *line = NULL;
        size_t room = 0;
        snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, tables[i]);
        FILE *file = fopen(path, "re");
        struct socket_row row;
        while (file && getline(&line, &room, file) > 0)
            if (read_row(line, &row))
                call(context, &row);
        free(line);
        if (file)
            fclose(file);
    }
}

static void add_listener(void *context, const struct socket_row *row)
{
    struct listeners *listeners = context;
    struct listener listener = {.inode = row->inode, .port = (int)row->local_port};
    if (row->state == STATE_LISTEN)
        VEC_ADD(&listeners->list, listener);
}

void listeners_read(struct listeners *listeners, pid_t pid)
{
    listeners_done(listeners);
    each_row(pid, add_listener, listeners);
}

void listeners_done(struct listeners *listeners)
{
    VEC_DONE(&listeners->list);
    *listeners = (struct listeners){0};
}

bool listeners_has_port(const struct listeners *listeners, int port)
{
    for (size_t i = 0; i < listeners->list.count; i++)
        if (listeners->list.items[i].port == port)
            return true;
    return false;
}

/* The least port above AFTER among PID's sockets, or PORT when it is one of them. */
static int find_port(const struct listeners *listeners, pid_t pid, int port, int after,
                     bool *is_readable)
{
    char path[64], target[64];
    int found = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *entries = opendir(path);
    *is_readable = entries != NULL;
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        uint64_t inode;
        ssize_t length = readlinkat(dirfd(entries), entry->d_name, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        if (sscanf(target, "socket:[%" SCNu64, &inode) != 1)
            continue;
        for (size_t i = 0; i < listeners->list.count; i++) {
            const struct listener *listener = &listeners->list.items[i];
            if (listener->inode == inode && listener->port > after &&
                (!port || listener->port == port) && (!found || listener->port < found))
                found = listener->port;
        }
    }
    if (entries)
        closedir(entries);
    return found;
}

int listeners_owns(const struct listeners *listeners, pid_t pid, int port)
{
    bool is_readable;
    int found = find_port(listeners, pid, port, 0, &is_readable);
    return is_readable ? found == port : -1;
}

int listeners_next_port(const struct listeners *listeners, pid_t pid, int after)
{
    bool is_readable;
    return find_port(listeners, pid, 0, after, &is_readable);
}

/* ---- connections --------------------------------------------------------------------------------
 */

struct look {
    struct connections *connections;
    unsigned port;
};

/* On this machine the client's end has a row as well: both say the same pair of ends. */
static void add_connection(void *context, const struct socket_row *row)
{
    const struct look *look = context;
    bool is_ours = row->local_port == look->port, is_client = row->remote_port == look->port;
    if (row->state == STATE_LISTEN || (!is_ours && !is_client))
        return;
    char key[80];
    snprintf(key, sizeof key, "%s:%x", is_ours ? row->remote : row->local,
             is_ours ? row->remote_port : row->local_port);
    bool is_new;
    map_add(&look->connections->seen, key, strlen(key), &is_new);
    look->connections->count += is_new && look->connections->has_begun;
}

void connections_look(struct connections *connections, pid_t pid, int port)
{
    struct look look = {.connections = connections, .port = (unsigned)port};
    each_row(pid, add_connection, &look);
    connections->has_begun = true;
}

void connections_done(struct connections *connections)
{
    map_done(&connections->seen);
    *connections = (struct connections){0};
}
