/* descendants.c -- The processes that a started command led to: its descendants, detached ones too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/descendants.h"

#include "base/text.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_MOST (1 << 21) /* the kernel's own limit of arguments */

struct row {
    pid_t pid, parent;
    uint64_t started;
    int64_t pages;
    bool has_ended, is_control;
};

void descendants_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

enum stat_field { STAT_STATE = 3, STAT_PARENT = 4, STAT_STARTED = 22, STAT_RESIDENT = 24 };

/* The name in parentheses may hold anything, parentheses too. */
static bool read_row(pid_t pid, struct row *row)
{
    char path[64];
    struct text text = {0};
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const char *name = text_read_file(&text, path, 8192) ? strchr(text.bytes, '(') : NULL;
    const char *at = name ? strrchr(name, ')') : NULL;
    *row = (struct row){.pid = pid, .is_control = name && text_starts(name, "(heapdiff) ")};
    int field = STAT_STATE - 1;
    while (at && field < STAT_RESIDENT && (at = strchr(at, ' '))) {
        at++;
        field++;
        if (field == STAT_STATE)
            row->has_ended = *at == 'Z' || *at == 'X';
        else if (field == STAT_PARENT)
            row->parent = (pid_t)strtol(at, NULL, 10);
        else if (field == STAT_STARTED)
            row->started = strtoull(at, NULL, 10);
        else if (field == STAT_RESIDENT)
            row->pages = strtoll(at, NULL, 10);
    }
    text_done(&text);
    return field == STAT_RESIDENT;
}

static int by_pid(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return x->pid < y->pid ? -1 : x->pid > y->pid;
}

struct rows {
    VEC(struct row) list; /* by pid */
};

static void read_rows(struct rows *rows)
{
    DIR *entries = opendir("/proc");
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        struct row row;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && read_row(pid, &row))
            VEC_ADD(&rows->list, row);
    }
    if (entries)
        closedir(entries);
    if (rows->list.count)
        qsort(rows->list.items, rows->list.count, sizeof *rows->list.items, by_pid);
}

static const char *read_command(struct pool *texts, pid_t pid)
{
    char path[64];
    struct text text = {0};
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    if (!text_read_file(&text, path, COMMAND_MOST))
        text_add(&text, "");
    while (text.length && text.bytes[text.length - 1] == '\0')
        text.length--;
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] == '\0')
            text.bytes[i] = ' ';
    const char *command = pool_text(texts, text.bytes ? text.bytes : "");
    text_done(&text);
    return command;
}

static const char *read_executable(struct pool *texts, pid_t pid)
{
    char path[64], file[4096];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    ssize_t length = readlink(path, file, sizeof file - 1);
    file[length > 0 ? length : 0] = '\0';
    return pool_text(texts, file);
}

static void add_children(struct descendants *tree, const struct rows *rows, pid_t parent,
                         pid_t except)
{
    for (size_t i = 0; i < rows->list.count; i++) {
        const struct row *row = &rows->list.items[i];
        if (row->parent != parent || row->pid == except || row->has_ended || row->is_control)
            continue;
        struct descendant process = {.pid = row->pid,
                                     .parent = parent,
                                     .started = row->started,
                                     .command = read_command(tree->texts, row->pid),
                                     .executable = read_executable(tree->texts, row->pid),
                                     .resident = row->pages * sysconf(_SC_PAGESIZE)};
        VEC_ADD(&tree->processes, process);
    }
}

void descendants_read(struct descendants *tree, pid_t root, pid_t except)
{
    struct rows rows = {0};
    descendants_done(tree);
    tree->texts = pool_new();
    read_rows(&rows);
    add_children(tree, &rows, root, except);
    for (size_t i = 0; i < tree->processes.count; i++)
        add_children(tree, &rows, tree->processes.items[i].pid, except);
    VEC_DONE(&rows.list);
}

void descendants_done(struct descendants *tree)
{
    VEC_DONE(&tree->processes);
    if (tree->texts)
        pool_free(tree->texts);
    *tree = (struct descendants){0};
}

const struct descendant *descendants_find(const struct descendants *tree, pid_t pid)
{
    for (size_t i = 0; i < tree->processes.count; i++)
        if (tree->processes.items[i].pid == pid)
            return &tree->processes.items[i];
    return NULL;
}

bool descendants_is_below(const struct descendants *tree, pid_t pid, pid_t ancestor)
{
    const struct descendant *process;
    while (pid != ancestor && (process = descendants_find(tree, pid)))
        pid = process->parent;
    return pid == ancestor;
}

/* By descriptors, so that a number that is given to another process is not hit. */
static size_t signal_all(int number, struct pollfd **ends)
{
    struct descendants tree = {0};
    descendants_read(&tree, getpid(), 0);
    size_t count = tree.processes.count;
    *ends = memory_zeroed(count + 1, sizeof **ends);
    for (size_t i = 0; i < count; i++) {
        int fd = (int)syscall(SYS_pidfd_open, tree.processes.items[i].pid, 0);
        (*ends)[i] = (struct pollfd){.fd = fd, .events = POLLIN};
        if (fd >= 0)
            syscall(SYS_pidfd_send_signal, fd, number, NULL, 0);
    }
    descendants_done(&tree);
    return count;
}

static void await_ends(struct pollfd *ends, size_t count, int ms)
{
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (size_t i = 0; i < count; i++) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t left =
            ms - ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000);
        if (ends[i].fd >= 0) {
            poll(&ends[i], 1, left > 0 ? (int)left : 0);
            close(ends[i].fd);
        }
    }
    free(ends);
}

void descendants_stop(int ms)
{
    struct pollfd *ends;
    size_t count = signal_all(SIGTERM, &ends);
    await_ends(ends, count, ms);
    /* A process that starts others while it is killed is killed again with them. */
    for (int tries = 0; count > 0 && tries < 8; tries++) {
        count = signal_all(SIGKILL, &ends);
        await_ends(ends, count, ms);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}
