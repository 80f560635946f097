/* tasks.c -- Counts its threads and descriptors: one, and three.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <dirent.h>

static int entries(const char *path)
{
    int found = 0;
    DIR *directory = opendir(path);
    must(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        found += entry->d_name[0] != '.';
    closedir(directory);
    return found;
}

int main(void)
{
    churn(100);
    char line[200];
    FILE *status = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "Threads:", 8) == 0 || strncmp(line, "SigCgt:", 7) == 0 ||
            strncmp(line, "SigBlk:", 7) == 0 || strncmp(line, "SigIgn:", 7) == 0 ||
            strncmp(line, "NoNewPrivs:", 11) == 0 || strncmp(line, "CapEff:", 7) == 0)
            fputs(line, stdout);
    fclose(status);
    printf("tasks %d\n", entries("/proc/self/task"));
    printf("descriptors %d\n", entries("/proc/self/fd"));
    return 0;
}
