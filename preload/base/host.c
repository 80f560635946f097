/* host.c -- The recorded process, as the control process sees it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/host.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/procstat.h"

static pid_t pid;
static char folder[32] = "/proc/self";

void host_begin(void)
{
    pid = getpid();
    strcpy(folder, "/proc/self");
}

pid_t host_pid(void)
{
    return pid;
}

/* "/proc/NUMBER" without snprintf, which nothing on the way of a malloc may refer to. */
static void set_folder(unsigned number)
{
    char digits[16], *at = digits + sizeof digits;
    *--at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    memcpy(folder, "/proc/", sizeof "/proc/" - 1);
    memcpy(folder + sizeof "/proc/" - 1, at, (size_t)(digits + sizeof digits - at));
}

/* The name of this link is the only place that says it without an entry of its own in the kernel's
 * table of names, which costs most at the end of the process. */
void host_enter(void)
{
    char text[16] = "";
    ssize_t length = readlink("/proc/self", text, sizeof text - 1);
    int number = length > 0 ? atoi(text) : 0;
    set_folder((unsigned)(number > 0 ? number : (int)pid));
}

void host_path(char path[HOST_PATH_SIZE], const char *name)
{
    size_t length = strlen(folder), rest = strnlen(name, HOST_PATH_SIZE - length - 2);
    memcpy(path, folder, length);
    path[length] = '/';
    memcpy(path + length + 1, name, rest);
    path[length + 1 + rest] = '\0';
}

enum host_state host_look(bool *ends)
{
    char path[HOST_PATH_SIZE];
    struct procstat stat;
    *ends = false;
    if (getppid() != pid)
        return HOST_GONE; /* its number may be another process's by now */
    host_path(path, "stat");
    if (!procstat_read(path, &stat))
        return access("/proc/self/stat", F_OK) == 0 ? HOST_GONE : HOST_UNKNOWN;
    if (stat.state == 'X' || (stat.state == 'Z' && stat.fields[PROCSTAT_THREADS] <= 1))
        return HOST_GONE;
    *ends = (stat.fields[PROCSTAT_FLAGS] & PROCSTAT_EXITING) != 0;
    return stat.state == 'Z' ? HOST_LEADERLESS : HOST_RUNS;
}
