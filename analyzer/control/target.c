/* target.c -- The tree of files that a recorded process sees, entered with care.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One that has ended but has not been waited for is of a program that this process was before. */
static bool is_control(pid_t pid)
{
    char path[TARGET_TASK_SIZE];
    struct text stat = {0};
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const char *name = text_read_file(&stat, path, 4096) ? strchr(stat.bytes, '(') : NULL;
    bool is = name && text_starts(name, "(heapdiff) ") && name[strlen("(heapdiff) ")] != 'Z';
    text_done(&stat);
    return is;
}

/* Among the children of one thread; 0: none of them. */
static pid_t find_child(pid_t pid, const char *thread)
{
    char path[TARGET_TASK_SIZE];
    struct text children = {0};
    pid_t found = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%.12s/children", (int)pid, thread);
    if (text_read_file(&children, path, 1 << 20))
        for (char *at = children.bytes, *end; !found; at = end) {
            pid_t child = (pid_t)strtol(at, &end, 10);
            if (end == at)
                break;
            found = is_control(child) ? child : 0;
        }
    text_done(&children);
    return found;
}

pid_t target_find_control(pid_t pid)
{
    char path[TARGET_TASK_SIZE];
    struct dirent *entry;
    pid_t found = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    while (tasks && !found && (entry = readdir(tasks)))
        found = *entry->d_name == '.' ? 0 : find_child(pid, entry->d_name);
    if (tasks)
        closedir(tasks);
    return found;
}

void target_find_task(pid_t pid, char task[TARGET_TASK_SIZE])
{
    pid_t control = target_find_control(pid);
    snprintf(task, TARGET_TASK_SIZE, "/proc/%d", (int)(control ? control : pid));
}

/* Same root and same mounts. */
static bool is_ours(const char *task)
{
    static const char *const links[] = {"root", "ns/mnt"};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        char ours[TARGET_TASK_SIZE], theirs[2 * TARGET_TASK_SIZE];
        struct stat a, b;
        snprintf(ours, sizeof ours, "/proc/self/%s", links[i]);
        snprintf(theirs, sizeof theirs, "%s/%s", task, links[i]);
        if (stat(ours, &a) < 0 || stat(theirs, &b) < 0 || a.st_ino != b.st_ino ||
            a.st_dev != b.st_dev)
            return false;
    }
    return true;
}

/* The fourth number behind NAME: the id by which the kernel checks access to files. */
static unsigned file_id(const char *status, const char *name)
{
    unsigned id = 0;
    const char *line = strstr(status, name);
    return line && sscanf(line + strlen(name), "%*u %*u %*u %u", &id) == 1 ? id : ~0u;
}

void target_open(struct target *target, pid_t pid)
{
    char path[2 * TARGET_TASK_SIZE];
    struct text status = {0};
    *target = (struct target){.pid = pid, .uid = (uid_t)-1, .gid = (gid_t)-1};
    target_find_task(pid, target->task);
    target->is_ours = is_ours(target->task);
    snprintf(path, sizeof path, "%s/root", target->task);
    target->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    snprintf(path, sizeof path, "%s/status", target->task);
    if (text_read_file(&status, path, 65536)) {
        target->uid = file_id(status.bytes, "\nUid:");
        target->gid = file_id(status.bytes, "\nGid:");
    }
    text_done(&status);
}

void target_close(struct target *target)
{
    if (target->root >= 0)
        close(target->root);
    target->root = -1;
}

/* Links are followed inside of the root only; kernels before 5.6 cannot, and get no links at the
 * end. */
static int open_inside(const struct target *target, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    path += strspn(path, "/");
    if (!*path)
        path = ".";
    long fd = syscall(SYS_openat2, target->root, path, &how, sizeof how);
    if (fd < 0 && errno == ENOSYS)
        fd = openat(target->root, path, flags | O_CLOEXEC | O_NOFOLLOW);
    return (int)fd;
}

int target_open_file(const struct target *target, const char *path, struct error *error)
{
    struct stat status;
    int fd = open_inside(target, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        error_set(error, NULL, "cannot read the snapshot of process %d at %s: %s", (int)target->pid,
                  path, strerror(errno));
    } else if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_uid != target->uid ||
               status.st_nlink != 1) {
        error_set(error, NULL, "process %d names a file that it does not own: %s", (int)target->pid,
                  path);
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The folder of PATH, and its last name. */
static int open_folder(const struct target *target, const char *path, const char **name)
{
    struct text folder = {0};
    *name = text_base_name(path);
    text_add(&folder, "/");
    text_add_n(&folder, path, (size_t)(*name - path));
    int fd = open_inside(target, folder.bytes, O_PATH | O_DIRECTORY);
    text_done(&folder);
    return fd;
}

static void remove_name(const struct target *target, const char *path, int flags)
{
    const char *name;
    int folder = open_folder(target, path, &name);
    if (folder >= 0) {
        unlinkat(folder, name, flags);
        close(folder);
    }
}

void target_remove(const struct target *target, const char *path)
{
    remove_name(target, path, 0);
}

void target_take_back(const struct target *target, const char *folder)
{
    remove_name(target, folder, AT_REMOVEDIR);
}

/* No entries but "." and "..". */
static bool is_empty(int folder)
{
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again >= 0 ? fdopendir(again) : NULL;
    struct dirent *entry;
    bool empty = entries != NULL;
    while (entries && empty && (entry = readdir(entries)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (entries)
        closedir(entries);
    else if (again >= 0)
        close(again);
    return empty;
}

/* A process that may rename there could have put another folder of ours in its place. So only the
 * empty folder that was just made is given away. */
static bool give_away(const struct target *target, int place, const char *name)
{
    struct stat status;
    int fd = openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool fresh = fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
                 (status.st_mode & 07777) == 0700 && status.st_nlink == 2 && is_empty(fd);
    bool given = fresh && fchown(fd, target->uid, target->gid) == 0;
    if (fd >= 0)
        close(fd);
    return given;
}

static bool lend_in(const struct target *target, const char *place, const char *name)
{
    int fd = open_inside(target, place, O_PATH | O_DIRECTORY);
    bool good = fd >= 0 && mkdirat(fd, name, 0700) == 0;
    if (good && !give_away(target, fd, name)) {
        unlinkat(fd, name, AT_REMOVEDIR);
        good = false;
    }
    if (fd >= 0)
        close(fd);
    return good;
}

bool target_lend(const struct target *target, struct text *folder)
{
    static const char *const places[] = {"/tmp", "/var/tmp", "/dev/shm", ""};
    char name[64];
    uint64_t random;
    if (target->root < 0 || target->uid == (uid_t)-1 ||
        getrandom(&random, sizeof random, 0) != sizeof random)
        return false;
    snprintf(name, sizeof name, ".heapdiff.%016llx", (unsigned long long)random);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (lend_in(target, places[i], name)) {
            text_format(folder, "%s/%s", places[i], name);
            return true;
        }
    return false;
}
