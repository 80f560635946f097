/* serving.c -- Which of the processes that a command led to is the one to measure.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/serving.h"

#include "control/channel.h"
#include "run/listeners.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND_SHOWN 100 /* columns of a command line */

static void add(struct serving *serving, pid_t pid)
{
    if (serving->pids.count >= SERVING_MOST)
        serving->left_out++;
    else
        VEC_ADD(&serving->pids, pid);
}

static bool is_worker(const struct descendants *tree, const struct descendant *process, pid_t owner)
{
    const struct descendant *primary = descendants_find(tree, owner);
    return primary && *primary->executable &&
           strcmp(process->executable, primary->executable) == 0 &&
           descendants_is_below(tree, process->pid, owner);
}

/* Owners and their workers, the recorded ones. */
static void add_owners(struct serving *serving, const struct descendants *tree, const pid_t *owners,
                       size_t count)
{
    for (size_t i = 0; i < tree->processes.count; i++) {
        const struct descendant *process = &tree->processes.items[i];
        bool serves = false;
        for (size_t k = 0; k < count && !serves; k++)
            serves = process->pid == owners[k] || is_worker(tree, process, owners[k]);
        if (serves && channel_is_ready(process->pid))
            add(serving, process->pid);
    }
}

/* Programs in network namespaces of their own see other sockets. */
static enum serving_state find_by_port(struct serving *serving, const struct descendants *tree,
                                       int port)
{
    struct listeners listeners = {0};
    VEC(pid_t) owners = {0};
    bool is_open = false;
    for (size_t i = 0; i < tree->processes.count; i++) {
        pid_t pid = tree->processes.items[i].pid;
        listeners_read(&listeners, pid);
        if (!listeners_has_port(&listeners, port))
            continue;
        is_open = true;
        if (listeners_owns(&listeners, pid, port) == 1)
            VEC_ADD(&owners, pid);
    }
    listeners_done(&listeners);
    if (owners.count)
        serving->owner = owners.items[0];
    add_owners(serving, tree, owners.items, owners.count);
    size_t count = owners.count;
    VEC_DONE(&owners);
    return serving->pids.count ? SERVING_FOUND
           : count             ? SERVING_UNRECORDED
           : is_open           ? SERVING_FOREIGN
                               : SERVING_NOT_YET;
}

enum serving_state serving_find(struct serving *serving, const struct descendants *tree, int port)
{
    serving_done(serving);
    if (port)
        return find_by_port(serving, tree, port);
    for (size_t i = 0; i < tree->processes.count; i++)
        if (channel_is_ready(tree->processes.items[i].pid))
            add(serving, tree->processes.items[i].pid);
    return serving->pids.count ? SERVING_FOUND : SERVING_NOT_YET;
}

void serving_done(struct serving *serving)
{
    VEC_DONE(&serving->pids);
    *serving = (struct serving){0};
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

void serving_ports(const struct descendants *tree, struct text *words)
{
    struct listeners listeners = {0};
    VEC(int) ports = {0};
    for (size_t i = 0; i < tree->processes.count; i++) {
        pid_t pid = tree->processes.items[i].pid;
        listeners_read(&listeners, pid);
        for (int port = 0; (port = listeners_next_port(&listeners, pid, port)) > 0;)
            VEC_ADD(&ports, port);
    }
    listeners_done(&listeners);
    if (ports.count)
        qsort(ports.items, ports.count, sizeof *ports.items, by_number);
    int last = 0;
    for (size_t i = 0; i < ports.count; i++) {
        if (ports.items[i] != last)
            text_format(words, "%s%d", last ? " and " : "", ports.items[i]);
        last = ports.items[i];
    }
    VEC_DONE(&ports);
}

/* The interpreter's folder says nothing: "node server.js", of "/usr/bin/node server.js". */
static void add_command(const char *command, struct text *words)
{
    struct text clean = {0};
    size_t first = strcspn(command, " ");
    const char *slash = memrchr(command, '/', first);
    text_add_clean(&clean, slash ? slash + 1 : command, true);
    if (clean.length > COMMAND_SHOWN)
        text_format(words, "%.*s…", COMMAND_SHOWN, clean.bytes);
    else
        text_add(words, clean.bytes);
    text_done(&clean);
}

void serving_describe(const struct descendants *tree, pid_t pid, pid_t root, struct text *words)
{
    const struct descendant *process = descendants_find(tree, pid),
                            *starter = descendants_find(tree, root);
    if (process)
        add_command(process->command, words);
    text_format(words, "%s(pid %d)", process ? " " : "", (int)pid);
    if (starter && pid != root) {
        text_add(words, ", started by ");
        add_command(starter->command, words);
    }
}

void serving_children(pid_t pid, struct text *words)
{
    struct descendants tree = {0};
    struct listeners listeners = {0};
    listeners_read(&listeners, pid);
    if (listeners_next_port(&listeners, pid, 0) == 0)
        descendants_read(&tree, pid, 0);
    for (size_t i = 0; i < tree.processes.count; i++) {
        pid_t child = tree.processes.items[i].pid;
        listeners_read(&listeners, child);
        int port = listeners_next_port(&listeners, child, 0);
        if (!port)
            continue;
        text_add(words, words->length ? "; " : "");
        serving_describe(&tree, child, child, words);
        text_format(words, " listens on port %d", port);
    }
    listeners_done(&listeners);
    descendants_done(&tree);
}
