/* limit.c -- How much memory this process may use: its cgroup's limit, else all of the machine.
 *
 * A cgroup is found by its path in /proc/self/cgroup, below the usual mount point. In a container
 * that path may be the host's while the mount shows the container's own cgroup as the top: so the
 * top is always checked, and missing folders are skipped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/limit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/process.h"

/* The number in a file; UINT64_MAX for "max", or when there is none. */
static uint64_t read_number(const char *path)
{
    char text[64], *end;
    if (process_read_text(path, text, sizeof text) == 0)
        return UINT64_MAX;
    uint64_t number = strtoull(text, &end, 10);
    return end == text ? UINT64_MAX : number;
}

static uint64_t limit_smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The smallest limit from the group up to the mount point. */
static uint64_t limit_upwards(const char *root, const char *mount, const char *group,
                              const char *name)
{
    char path[PATH_MAX], folder[PATH_MAX];
    uint64_t limit = UINT64_MAX;
    if (snprintf(folder, sizeof folder, "%s", group) >= (int)sizeof folder)
        return limit;
    for (;;) {
        char *slash = strrchr(folder, '/');
        if (slash && !slash[1]) /* "/" is the mount point itself */
            *slash = '\0';
        if (snprintf(path, sizeof path, "%s%s%s/%s", root, mount, folder, name) < (int)sizeof path)
            limit = limit_smaller(limit, read_number(path));
        slash = strrchr(folder, '/');
        if (!slash)
            return limit;
        *slash = '\0';
    }
}

/* Does the list of controllers in a line "4:cpu,memory:/path" hold memory? */
static int has_memory(const char *list, const char *end)
{
    static const char word[] = "memory";
    for (const char *at = list; at < end; at += strcspn(at, ",:") + 1)
        if (strcspn(at, ",:") == sizeof word - 1 && strncmp(at, word, sizeof word - 1) == 0)
            return 1;
    return 0;
}

static uint64_t limit_of_line(const char *root, const char *line)
{
    char group[PATH_MAX];
    const char *list = strchr(line, ':'), *colon = list ? strchr(list + 1, ':') : NULL;
    if (!colon)
        return UINT64_MAX;
    snprintf(group, sizeof group, "%.*s", (int)strcspn(colon + 1, "\n"), colon + 1);
    if (colon == list + 1)
        return limit_smaller(limit_upwards(root, "/sys/fs/cgroup", group, "memory.max"),
                             limit_upwards(root, "/sys/fs/cgroup/unified", group, "memory.max"));
    if (has_memory(list + 1, colon))
        return limit_upwards(root, "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
    return UINT64_MAX;
}

static uint64_t total_memory(const char *root)
{
    char path[PATH_MAX], text[512];
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    process_read_text(path, text, sizeof text);
    const char *line = strstr(text, "MemTotal:");
    return line ? strtoull(line + strlen("MemTotal:"), NULL, 10) * 1024 : UINT64_MAX;
}

uint64_t limit_of_memory(const char *root)
{
    char path[PATH_MAX], text[8192];
    uint64_t limit = total_memory(root);
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    process_read_text(path, text, sizeof text);
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        limit = limit_smaller(limit, limit_of_line(root, line));
    }
    return limit == UINT64_MAX ? 0 : limit;
}
