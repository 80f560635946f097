/* jitfiles.c -- Finding the files in which a process's runtime names its JIT code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/jitfiles.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "jit/filereader.h"
#include "kernel/identity.h"
#include "tables/jitmap.h"

#define TAIL_SIZE 64

/* ---- has the map only grown? ----------------------------------------------------------------- */

/* The end of the map as it was at the last snapshot. */
static struct {
    dev_t device;
    ino_t inode;
    off_t size;
    char tail[TAIL_SIZE]; /* its last bytes */
    bool was_rewritten;
} last;

static bool read_tail(int fd, off_t size, char tail[TAIL_SIZE])
{
    size_t length = size < TAIL_SIZE ? (size_t)size : TAIL_SIZE;
    memset(tail, 0, TAIL_SIZE);
    return pread(fd, tail, length, size - (off_t)length) == (ssize_t)length;
}

/* `jcmd PID Compiler.perfmap` writes the whole map anew: then no size of it means anything. */
static bool check_growth(int fd)
{
    struct stat status;
    char tail[TAIL_SIZE];
    if (fstat(fd, &status) != 0)
        return false;
    if (last.size && (status.st_dev != last.device || status.st_ino != last.inode ||
                      status.st_size < last.size || !read_tail(fd, last.size, tail) ||
                      memcmp(tail, last.tail, TAIL_SIZE) != 0))
        last.was_rewritten = true;
    last.device = status.st_dev;
    last.inode = status.st_ino;
    last.size = read_tail(fd, status.st_size, last.tail) ? status.st_size : 0;
    return !last.was_rewritten;
}

/* ---- the map --------------------------------------------------------------------------------- */

static bool is_named(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, name) == 0;
}

struct wanted {
    const char *name;
    int pid, found;
};

/* Opens /proc/PID/fd/NUMBER anew when it leads to a file of that name. */
static bool open_again(int folder, const char *number, void *context)
{
    struct wanted *wanted = context;
    char link[64], path[4096];
    (void)folder;
    snprintf(link, sizeof link, "/proc/%d/fd/%.20s", wanted->pid, number);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    wanted->found = is_named(path, wanted->name) ? filereader_open(link, true) : -1;
    return wanted->found < 0;
}

static int find_open_file(int pid, const char *name)
{
    char path[32];
    struct wanted wanted = {name, pid, -1};
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    folder_each(path, open_again, &wanted);
    return wanted.found;
}

#define CLOCK_STEP 2000000000u /* by how much the wall clock may have been set since, in ns */

/* Not left behind by an earlier process of this number: its names would be wrong. */
static bool is_of_this_process(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    uint64_t written =
        (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec;
    return written + CLOCK_STEP >= identity_began();
}

int jitfiles_open_map(int pid, bool *has_grown)
{
    char path[JITMAP_PATH_SIZE];
    jitmap_path(path, pid);
    int fd = filereader_open(path, false);
    if (fd >= 0 && !is_of_this_process(fd)) {
        close(fd);
        fd = -1;
    }
    if (fd >= 0) {
        *has_grown = check_growth(fd);
        return fd;
    }
    *has_grown = false; /* its size was asked for where it is not */
    return find_open_file(pid, strrchr(path, '/') + 1);
}

/* ---- the jitdump ----------------------------------------------------------------------------- */

/* By its path; when that leads nowhere (another root, a file that was removed), by the mapping. */
static int open_mapping(int pid, const struct process_mapping *mapping, const char *path)
{
    char link[80];
    int fd = filereader_open(path, false);
    if (fd >= 0)
        return fd;
    snprintf(link, sizeof link, "/proc/%d/map_files/%lx-%lx", pid, (unsigned long)mapping->start,
             (unsigned long)mapping->end);
    return filereader_open(link, true);
}

int jitfiles_open_dump(int pid, const struct process_maps *maps)
{
    char name[40];
    snprintf(name, sizeof name, "jit-%d.dump", pid);
    for (size_t i = 0; i < maps->count; i++) {
        const char *path = maps->paths + maps->mappings[i].path;
        if (is_named(path, name))
            return open_mapping(pid, &maps->mappings[i], path);
    }
    return -1;
}
