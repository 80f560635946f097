/* procstat.c -- The row of a process or a thread in /proc/PID/stat.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/procstat.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void read_row(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, size - 1) : 0;
    text[length > 0 ? length : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

/* proc(5): pid (name) state, …; the name may hold anything. */
bool procstat_read(const char *path, struct procstat *stat)
{
    char text[1024];
    *stat = (struct procstat){0};
    read_row(path, text, sizeof text);
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ' || !at[2])
        return false;
    stat->state = at[2];
    at = strchr(at + 2, ' ');
    for (int field = 4; at && field < PROCSTAT_FIELDS; field++, at = strchr(at + 1, ' '))
        if (field >= PROCSTAT_FLAGS)
            stat->fields[field] = strtoull(at + 1, NULL, 10);
    return true;
}

bool procstat_run_time(const char *path, uint64_t *ns)
{
    char text[128];
    read_row(path, text, sizeof text);
    *ns = strtoull(text, NULL, 10);
    return *text >= '0' && *text <= '9';
}
