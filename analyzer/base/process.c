/* process.c -- What /proc/PID/stat says about a process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/process.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIELD_NAME    2 /* in parentheses, and may hold any character */
#define FIELD_STARTED 22

/* Behind the last ')' the fields are separated by blanks. */
static bool process_parse(const char *line, struct process_stat *stat)
{
    const char *field = strrchr(line, ')');
    if (!field || strlen(field) < 3)
        return false;
    stat->state = field[2];
    for (int i = FIELD_NAME; field && i < FIELD_STARTED; i++)
        field = strchr(field + 1, ' ');
    if (!field)
        return false;
    unsigned long long ticks = strtoull(field, NULL, 10);
    stat->started_ns = (int64_t)(ticks * (1000000000 / (unsigned long long)sysconf(_SC_CLK_TCK)));
    return true;
}

bool process_read_stat(pid_t pid, struct process_stat *stat)
{
    char path[64];
    struct text line = {0};
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    bool good = text_read_file(&line, path, 4096) && process_parse(line.bytes, stat);
    text_done(&line);
    return good;
}

bool process_is_stopped(pid_t pid)
{
    struct process_stat stat;
    return process_read_stat(pid, &stat) && (stat.state == 'T' || stat.state == 't');
}
