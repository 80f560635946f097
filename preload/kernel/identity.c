/* identity.c -- Which process this is, and when: the facts in the snapshot's own row.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/identity.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/host.h"
#include "base/procstat.h"
#include "kernel/process.h"

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

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_same_file(const char *path, const char *other)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

const char *identity_program(void)
{
    static char name[256];
    if (*name)
        return name;
    char path[PATH_MAX];
    read_link("/proc/self/exe", path, sizeof path);
    /* Of a script it is the script's path, and the program is its interpreter. */
    const char *started = (const char *)getauxval(AT_EXECFN);
    const char *best = started && is_same_file(started, "/proc/self/exe") ? started : path;
    const char *base = base_name(best);
    memcpy(name, base, strnlen(base, sizeof name - 1));
    return name;
}

uint64_t identity_started(void)
{
    char path[HOST_PATH_SIZE];
    struct procstat stat;
    host_path(path, "stat");
    procstat_read(path, &stat);
    long ticks = sysconf(_SC_CLK_TCK);
    return ticks > 0 ? stat.fields[PROCSTAT_STARTED] * (1000000000u / (uint64_t)ticks) : 0;
}

/* Reads the parent's mappings in pieces; the name may lie across two of them. */
bool identity_parent_has_us(void)
{
    static const char name[] = "/libheapdiff.so";
    char path[32], text[4096 + sizeof name];
    size_t kept = 0;
    ssize_t got;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/maps", (int)getppid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && !found && (got = read(fd, text + kept, 4096)) > 0) {
        size_t length = kept + (size_t)got;
        found = memmem(text, length, name, sizeof name - 1) != NULL;
        kept = length < sizeof name ? length : sizeof name;
        memmove(text, text + length - kept, kept);
    }
    if (fd >= 0)
        close(fd);
    return found;
}

uint64_t identity_began(void)
{
    uint64_t start = identity_started();
    return start ? clock_read(CLOCK_REALTIME) - (clock_read(CLOCK_BOOTTIME) - start) : 0;
}

void identity_read(struct identity *identity)
{
    char path[HOST_PATH_SIZE];
    memset(identity, 0, sizeof *identity);
    identity->pid = (int)host_pid();
    identity->ppid = (int)process_status_number("PPid");
    identity->uid = geteuid();
    identity->threads = process_threads();
    identity->time_ns = clock_read(CLOCK_REALTIME);
    identity->monotonic_ns = clock_now();
    identity->started_ns = identity_started();
    identity->peak_rss = process_status_bytes("VmHWM");
    read_link("/proc/self/exe", identity->executable, sizeof identity->executable);
    host_path(path, "cwd");
    read_link(path, identity->directory, sizeof identity->directory);
    read_command_line(identity->command_line, sizeof identity->command_line);
    gethostname(identity->host, sizeof identity->host - 1);
}
