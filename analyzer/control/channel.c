/* channel.c -- Finding and mapping the control page of a recorded process.
 *
 * The process may be in a chroot or a container, or may have changed its user; its mappings are
 * reliable. /proc/PID/maps names the file, /proc/PID/root leads to it; where that fails (the file
 * was deleted), /proc/PID/map_files leads to it for root.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/channel.h"

#include "base/text.h"
#include "control/target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct mapped_file {
    char range[64]; /* as in /proc/PID/map_files */
    char path[PROTOCOL_PATH_SIZE];
    unsigned long inode;
};

static bool is_control_name(const char *path)
{
    const char *name = text_base_name(path);
    return text_starts(name, PROTOCOL_PREFIX) && strstr(name, PROTOCOL_SUFFIX) != NULL;
}

/* One line of /proc/PID/maps: range permissions offset device inode path. */
static bool parse_line(const char *line, struct mapped_file *found)
{
    unsigned long start, end;
    char device[32];
    int at = 0;
    if (sscanf(line, "%lx-%lx %*s %*s %31s %lu %n", &start, &end, device, &found->inode, &at) < 4 ||
        at == 0 || line[at] != '/')
        return false;
    snprintf(found->range, sizeof found->range, "%lx-%lx", start, end);
    snprintf(found->path, sizeof found->path, "%s", line + at);
    found->path[strcspn(found->path, "\n")] = '\0';
    return is_control_name(found->path);
}

/* 1 found, 0 not recorded, -1 with errno set. *passive: our library is there, and does nothing. */
static int find_mapped(pid_t pid, struct mapped_file *found, bool *passive)
{
    char path[64], line[PROTOCOL_PATH_SIZE + 128];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    int result = maps ? 0 : -1;
    errno = maps ? 0 : errno;
    *passive = false;
    while (result == 0 && fgets(line, sizeof line, maps)) {
        result = parse_line(line, found);
        *passive = *passive || strstr(line, "/libheapdiff.so");
    }
    if (result == 0 && ferror(maps))
        result = -1;
    int saved = errno;
    if (maps)
        fclose(maps);
    errno = saved;
    return result;
}

static int open_mapped(pid_t pid, const struct mapped_file *found)
{
    char path[PROTOCOL_PATH_SIZE + 2 * TARGET_TASK_SIZE], task[TARGET_TASK_SIZE];
    struct stat status;
    target_find_task(pid, task);
    snprintf(path, sizeof path, "%s/root%s", task, found->path);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_ino == found->inode)
        return fd;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    snprintf(path, sizeof path, "/proc/%d/map_files/%s", (int)pid, found->range);
    int again = open(path, O_RDWR | O_CLOEXEC);
    if (again < 0)
        errno = saved;
    return again;
}

static bool refuse_foreign(pid_t pid, struct error *error)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    if (stat(path, &status) < 0)
        return error_set(error, NULL, "there is no process %d", (int)pid);
    if (geteuid() == 0)
        return error_set(error, NULL, "the kernel denies root access to process %d here", (int)pid);
    const struct passwd *user = getpwuid(status.st_uid);
    const char *hint = "run as that user or root";
    if (user)
        return error_set(error, status.st_uid ? hint : "run as root",
                         "permission denied: process %d belongs to %s", (int)pid, user->pw_name);
    return error_set(error, hint, "permission denied: process %d belongs to user %u", (int)pid,
                     (unsigned)status.st_uid);
}

/* Whether LD_PRELOAD names our library, which the loader did not load. */
static bool was_meant(pid_t pid)
{
    char path[64];
    struct text variables = {0};
    bool meant = false;
    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    if (text_read_file(&variables, path, 1 << 20))
        for (size_t at = 0; at < variables.length; at += strlen(variables.bytes + at) + 1)
            meant = meant || (text_starts(variables.bytes + at, "LD_PRELOAD=") &&
                              strstr(variables.bytes + at, "libheapdiff.so"));
    text_done(&variables);
    return meant;
}

static bool refuse_unrecorded(pid_t pid, bool passive, struct error *error)
{
    char path[64];
    struct text name = {0};
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    if (!text_read_file(&name, path, 64))
        text_add(&name, "?");
    name.bytes[strcspn(name.bytes, "\n")] = '\0';
    if (passive)
        error_set(error, "HEAPDIFF_FOLLOW=1 records children and daemons too",
                  "process %d (%s) does not answer: it is a child of the recorded program, or runs"
                  " with HEAPDIFF_THREAD=0",
                  (int)pid, name.bytes);
    else if (was_meant(pid))
        error_set(error, NULL,
                  "process %d (%s) was started with libheapdiff.so but did not load it: it is"
                  " statically linked, setuid, or of another libc or processor",
                  (int)pid, name.bytes);
    else
        error_set(error, "start it with heapdiff run -- ...",
                  "process %d (%s) is not recorded by heapdiff", (int)pid, name.bytes);
    text_done(&name);
    return false;
}

/* The owner of the file may truncate it while we read it. */
static void on_cut_page(int number)
{
    static const char text[] = "heapdiff: the control page of the process was cut off\n";
    (void)number;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(EXIT_UNUSABLE);
    _exit(EXIT_UNUSABLE);
}

static bool map_page(struct channel *page, struct error *error)
{
    struct stat status;
    if (fstat(page->fd, &status) < 0 || (size_t)status.st_size < sizeof *page->mapped)
        return error_set(error, "try again, or restart it", "process %d is not ready to answer",
                         (int)page->pid);
    void *mapped =
        mmap(NULL, sizeof *page->mapped, PROT_READ | PROT_WRITE, MAP_SHARED, page->fd, 0);
    if (mapped == MAP_FAILED)
        return error_set(error, NULL, "cannot map the control page of process %d: %s",
                         (int)page->pid, strerror(errno));
    signal(SIGBUS, on_cut_page);
    page->mapped = mapped;
    if (page->mapped->magic != PROTOCOL_MAGIC)
        return error_set(error, "try again, or restart it", "process %d is not ready to answer",
                         (int)page->pid);
    if (page->mapped->version != PROTOCOL_VERSION)
        return error_set(error, "use the heapdiff that it was started with",
                         "process %d speaks version %u of the protocol, this heapdiff version %d",
                         (int)page->pid, page->mapped->version, PROTOCOL_VERSION);
    return true;
}

static bool find_and_map(struct channel *page, struct error *error)
{
    struct mapped_file found;
    bool passive;
    int result = find_mapped(page->pid, &found, &passive);
    if (result == 0)
        return refuse_unrecorded(page->pid, passive, error);
    if (result > 0)
        page->fd = open_mapped(page->pid, &found);
    if (result < 0 && errno != EACCES && errno != EPERM)
        return error_set(error, NULL, "there is no process %d", (int)page->pid);
    if (page->fd < 0 && (errno == EACCES || errno == EPERM))
        return refuse_foreign(page->pid, error);
    if (page->fd < 0)
        return error_set(error, "run as root, or restart it",
                         "the control page of process %d is gone (%s)", (int)page->pid, found.path);
    return map_page(page, error);
}

bool channel_open(struct channel *page, pid_t pid, struct error *error)
{
    *page = (struct channel){.pid = pid, .fd = -1, .control_fd = -1};
    page->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (page->pid_fd < 0)
        return error_set(error, NULL, "there is no process %d", (int)pid);
    if (find_and_map(page, error)) {
        pid_t control = target_find_control(pid);
        page->control_fd = control ? (int)syscall(SYS_pidfd_open, control, 0) : -1;
        return true;
    }
    channel_close(page);
    return false;
}

void channel_close(struct channel *page)
{
    if (page->mapped)
        munmap(page->mapped, sizeof *page->mapped);
    if (page->fd >= 0)
        close(page->fd);
    if (page->pid_fd >= 0)
        close(page->pid_fd);
    if (page->control_fd >= 0)
        close(page->control_fd);
    *page = (struct channel){.fd = -1, .pid_fd = -1, .control_fd = -1};
}

bool channel_is_ready(pid_t pid)
{
    struct channel page;
    struct error ignored;
    if (!channel_open(&page, pid, &ignored))
        return false;
    channel_close(&page);
    return true;
}

static bool has_ended(int fd)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    return fd >= 0 && poll(&waiting, 1, 0) > 0;
}

bool channel_process_ended(const struct channel *page)
{
    return has_ended(page->pid_fd);
}

bool channel_control_ended(const struct channel *page)
{
    return has_ended(page->control_fd);
}
