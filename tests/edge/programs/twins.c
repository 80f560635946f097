/* twins.c -- Looks for other processes of its name and group, as pid files and init scripts do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <dirent.h>

static void read_word(const char *format, int pid, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, format, pid);
    int file = open(path, O_RDONLY);
    ssize_t got = file < 0 ? 0 : read(file, text, size - 1);
    text[got > 0 ? got : 0] = '\0';
    close(file);
}

int main(void)
{
    char mine[64], other[64];
    int names = 0, groups = 0, sessions = 0;
    churn(100);
    read_word("/proc/%d/comm", getpid(), mine, sizeof mine);
    DIR *all = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(all));) {
        int pid = atoi(entry->d_name);
        if (pid == 0)
            continue;
        read_word("/proc/%d/comm", pid, other, sizeof other);
        names += strcmp(mine, other) == 0;
        groups += getpgid(pid) == getpgrp();
        sessions += getsid(pid) == getsid(0);
    }
    closedir(all);
    printf("%d of my name, %d of my group, %d of my session\n", names, groups, sessions);
    return 0;
}
