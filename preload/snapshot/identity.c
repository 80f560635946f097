/* identity.c -- Which process this is, and when: what the snapshot's own row says of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/identity.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "snapshot/process.h"

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void read_link(const char *link, char *path, size_t size)
{
    ssize_t length = readlink(link, path, size - 1);
    path[length > 0 ? length : 0] = '\0';
}

static void read_command_line(char *text, size_t size)
{
    size_t length = process_read_text("/proc/self/cmdline", text, size);
    while (length > 0 && text[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = ' ';
}

/* Field 22 of /proc/self/stat (proc(5)); the second one, a name in brackets, may hold anything. */
static uint64_t read_start(void)
{
    char text[1024];
    process_read_text("/proc/self/stat", text, sizeof text);
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    long ticks = sysconf(_SC_CLK_TCK);
    return at && ticks > 0 ? strtoull(at, NULL, 10) * (1000000000u / (uint64_t)ticks) : 0;
}

uint64_t identity_began(void)
{
    uint64_t start = read_start();
    return start ? clock_ns(CLOCK_REALTIME) - (clock_ns(CLOCK_BOOTTIME) - start) : 0;
}

void identity_read(struct identity *identity)
{
    memset(identity, 0, sizeof *identity);
    identity->pid = (int)getpid();
    identity->ppid = (int)getppid();
    identity->uid = geteuid();
    identity->threads = process_threads();
    identity->time_ns = clock_ns(CLOCK_REALTIME);
    identity->monotonic_ns = clock_ns(CLOCK_MONOTONIC);
    identity->started_ns = read_start();
    identity->peak_rss = process_status_bytes("VmHWM");
    read_link("/proc/self/exe", identity->executable, sizeof identity->executable);
    read_link("/proc/self/cwd", identity->directory, sizeof identity->directory);
    read_command_line(identity->command_line, sizeof identity->command_line);
    gethostname(identity->host, sizeof identity->host - 1);
}
