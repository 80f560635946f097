/* java.c -- JVMs: collecting and naming by the JDK's own command, from outside.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/java.h"

#include "base/spawn.h"
#include "base/text.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_OUTPUT 4096

bool java_is_jvm(pid_t pid)
{
    char path[64], line[PATH_MAX + 128];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    bool found = false;
    while (maps && !found && fgets(line, sizeof line, maps))
        found = strstr(line, "/libjvm.so") != NULL;
    if (maps)
        fclose(maps);
    return found;
}

/* jcmd would run as our user: never run a file that another user controls. */
static bool is_of_our_user(pid_t pid)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    return stat(path, &status) == 0 && status.st_uid == geteuid();
}

/* The jcmd beside the program's own java surely matches it; else take the one in PATH. */
static void find_jcmd(pid_t pid, char *path, size_t size)
{
    char link[64], java[PATH_MAX];
    snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
    ssize_t length = readlink(link, java, sizeof java - 1);
    java[length > 0 ? length : 0] = '\0';
    snprintf(path, size, "%s/jcmd", dirname(java));
    if (!is_of_our_user(pid) || access(path, X_OK) != 0)
        snprintf(path, size, "jcmd");
}

/* Runs jcmd with its output going to OUTPUT; kills it when CANCEL_FD becomes readable. False with
 * *IS_THERE false when there is none. */
static bool run_jcmd(pid_t pid, const char *command, int output, int cancel_fd, bool *is_there)
{
    char path[PATH_MAX], number[16];
    char *const arguments[] = {path, number, (char *)command, NULL};
    find_jcmd(pid, path, sizeof path);
    snprintf(number, sizeof number, "%d", (int)pid);
    pid_t child = spawn_start(arguments, output, output);
    *is_there = child > 0;
    if (!child)
        return false;
    int ended = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd fds[] = {{.fd = ended, .events = POLLIN}, {.fd = cancel_fd, .events = POLLIN}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        ;
    if (fds[1].revents)
        kill(child, SIGKILL);
    close(ended);
    return spawn_wait(child);
}

/* jcmd says what is wrong in its last lines; the first is the process id. */
static bool java_refuse(pid_t pid, int output, struct error *error)
{
    char text[MOST_OUTPUT];
    struct text clean = {0};
    ssize_t length = pread(output, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    char *first = strchr(text, ':') ? strchr(text, '\n') : NULL;
    char *line = first ? first + 1 : text;
    line[strcspn(line, "\n")] = '\0';
    text_add_clean(&clean, line, true);
    error_set(error, "take the snapshot without --gc", "jcmd %d GC.run failed: %s", (int)pid,
              clean.length ? clean.bytes : "it gave no reason");
    text_done(&clean);
    return false;
}

bool java_collect(pid_t pid, int cancel_fd, struct error *error)
{
    bool is_there;
    int output = memfd_create("jcmd", MFD_CLOEXEC);
    bool good = run_jcmd(pid, "GC.run", output, cancel_fd, &is_there);
    if (!is_there)
        error_set(error, "install a JDK (openjdk-17-jdk-headless), or leave out --gc",
                  "process %d is a JVM, and there is no jcmd to make it collect its garbage",
                  (int)pid);
    else if (!good)
        java_refuse(pid, output, error);
    close(output);
    return good;
}

bool java_write_perf_map(pid_t pid, int cancel_fd)
{
    bool is_there;
    int output = memfd_create("jcmd", MFD_CLOEXEC);
    bool good = run_jcmd(pid, "Compiler.perfmap", output, cancel_fd, &is_there);
    close(output);
    return good;
}
