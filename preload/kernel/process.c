/* process.c -- Facts of this process from the kernel: mappings, resident pages, status.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/host.h"
#include "base/memory.h"
#include "kernel/pace.h"
#include "kernel/residency.h"

/* smaps is read up to this many bytes: the program then waits for 2 ms at most. */
#define SMALL ((uint64_t)256 << 20)
/* Entries are read one by one where at most so many times the resident memory is mapped, */
#define SPARSE 4
/* and believed where at most this part of it may be the zero page. */
#define DOUBTFUL_PART 1000

/* ---- a line reader without stdio: FILE would allocate from the program's heap ------------------
 */

struct reader {
    int fd;
    int error; /* errno of the read that failed */
    size_t from, to;
    char text[65536];
};

/* The next line without its newline, or NULL. Lines longer than the buffer are cut in pieces. */
static char *next_line(struct reader *reader)
{
    for (;;) {
        char *begin = reader->text + reader->from;
        char *newline = memchr(begin, '\n', reader->to - reader->from);
        if (newline) {
            *newline = '\0';
            reader->from = (size_t)(newline + 1 - reader->text);
            return begin;
        }
        memmove(reader->text, begin, reader->to - reader->from);
        reader->to -= reader->from;
        reader->from = 0;
        if (reader->to == sizeof reader->text - 1)
            reader->to = 0;
        ssize_t got =
            read(reader->fd, reader->text + reader->to, sizeof reader->text - 1 - reader->to);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            reader->error = errno;
        if (got <= 0)
            return NULL;
        pace();
        reader->to += (size_t)got;
    }
}

/* ---- mappings -----------------------------------------------------------------------------------
 */

static bool add_path(struct process_maps *maps, const char *path, uint32_t *offset)
{
    size_t length = strlen(path) + 1;
    if (maps->paths_used + length > maps->paths_room) {
        size_t room = maps->paths_room * 2 + length + 4096;
        char *bigger = memory_resize(maps->paths, room);
        if (!bigger)
            return false;
        maps->paths = bigger;
        maps->paths_room = room;
    }
    if (maps->paths_used == 0)
        maps->paths[maps->paths_used++] = '\0';
    *offset = 0;
    if (length == 1)
        return true;
    if (maps->paths_used + length > maps->paths_room)
        return add_path(maps, path, offset);
    *offset = (uint32_t)maps->paths_used;
    memcpy(maps->paths + maps->paths_used, path, length);
    maps->paths_used += length;
    return true;
}

static enum mapping_kind kind_of(const char *path, const char *permissions)
{
    if (strcmp(path, "[heap]") == 0)
        return MAPPED_HEAP;
    if (strncmp(path, "[stack", 6) == 0)
        return MAPPED_STACK;
    if (!*path || strncmp(path, "[anon", 5) == 0)
        return permissions[3] == 's' ? MAPPED_SHARED : MAPPED_ANONYMOUS;
    if (*path == '[')
        return MAPPED_SPECIAL;
    if (permissions[3] == 's' &&
        (strncmp(path, "/memfd:", 7) == 0 || strncmp(path, "/SYSV", 5) == 0 ||
         strncmp(path, "/dev/shm/", 9) == 0 || strncmp(path, "/dev/zero", 9) == 0))
        return MAPPED_SHARED;
    return MAPPED_FILE;
}

/* Between two reads the kernel releases its lock: a mapping that has grown meanwhile comes again,
 * one that was cut overlaps the entry before. The later line is valid. */
static void give_way(struct process_maps *maps, uintptr_t start)
{
    while (maps->count && maps->mappings[maps->count - 1].start >= start)
        maps->count--;
    if (maps->count && maps->mappings[maps->count - 1].end > start)
        maps->mappings[maps->count - 1].end = start;
}

/* 0 or an errno. */
static int begin_mapping(struct process_maps *maps, const char *line)
{
    unsigned long start, end, file_offset, inode;
    char permissions[5];
    int path_at = 0;
    if (sscanf(line, "%lx-%lx %4s %lx %*s %lu %n", &start, &end, permissions, &file_offset, &inode,
               &path_at) < 5)
        return EBADMSG;
    give_way(maps, start);
    if (!memory_make_room(&maps->mappings, sizeof *maps->mappings, maps->count, &maps->room))
        return ENOMEM;
    struct process_mapping *mapping = &maps->mappings[maps->count];
    const char *path = path_at ? line + path_at : "";
    *mapping = (struct process_mapping){.start = start, .end = end, .file_offset = file_offset};
    mapping->is_anonymous = inode == 0 && permissions[3] == 'p';
    memcpy(mapping->permissions, permissions, sizeof permissions);
    mapping->kind = kind_of(path, permissions);
    if (!add_path(maps, path, &mapping->path))
        return ENOMEM;
    maps->count++;
    return 0;
}

static void add_number(struct process_mapping *mapping, const char *line)
{
    static const struct {
        const char *name;
        size_t offset;
    } fields[] = {{"Rss:", offsetof(struct process_mapping, rss)},
                  {"Pss:", offsetof(struct process_mapping, pss)},
                  {"Private_Dirty:", offsetof(struct process_mapping, dirty)},
                  {"Swap:", offsetof(struct process_mapping, swap)}};
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t length = strlen(fields[i].name);
        if (strncmp(line, fields[i].name, length) == 0)
            *(uint64_t *)(void *)((char *)mapping + fields[i].offset) =
                strtoull(line + length, NULL, 10) * 1024;
    }
}

static int read_once(struct process_maps *maps, const char *path, struct reader *reader)
{
    maps->count = maps->paths_used = 0;
    reader->from = reader->to = 0;
    reader->error = 0;
    reader->fd = open(path, O_RDONLY | O_CLOEXEC);
    int failed = reader->fd < 0 ? errno : 0;
    for (char *line; !failed && (line = next_line(reader));) {
        /* A mapping's own line begins with an address, its numbers with a capital letter. */
        if (*line >= 'A' && *line <= 'Z') {
            if (maps->count)
                add_number(&maps->mappings[maps->count - 1], line);
        } else {
            failed = begin_mapping(maps, line);
        }
    }
    if (!failed && reader->error)
        failed = reader->error;
    if (!failed && !maps->count)
        failed = ENODATA;
    if (reader->fd >= 0)
        close(reader->fd);
    return failed;
}

/* The file's mappings, and their sizes if it has them. */
static int read_file(struct process_maps *maps, const char *path)
{
    struct reader *reader = memory_alloc(sizeof *reader);
    int failed = reader ? read_once(maps, path, reader) : ENOMEM;
    memory_free(reader);
    return failed;
}

/* False when too much of it is doubtful: see residency_count. */
static bool count_pages(struct process_maps *maps, enum residency_way way, int pagemap)
{
    uint64_t doubtful = 0, resident = 0;
    for (size_t i = 0; i < maps->count; i++) {
        doubtful += residency_count(pagemap, way, &maps->mappings[i]);
        resident += maps->mappings[i].rss;
    }
    return resident > 0 && doubtful <= resident / DOUBTFUL_PART;
}

/* Whether the entries of all pages that the process could have can be read in reasonable time. */
static bool is_dense(uint64_t resident)
{
    return process_status_bytes("VmSize") / SPARSE <= resident;
}

enum process_way process_choose_way(int pagemap)
{
    uint64_t resident = process_status_bytes("VmRSS");
    /* pages of hugetlbfs are no part of RSS, but have entries as all others */
    if (resident <= SMALL || process_status_bytes("HugetlbPages"))
        return PROCESS_BY_SMAPS;
    if (residency_can_find(pagemap))
        return PROCESS_BY_FINDING;
    return is_dense(resident) ? PROCESS_BY_READING : PROCESS_BY_SMAPS;
}

int process_read_maps(struct process_maps *maps, enum process_way way, int pagemap)
{
    *maps = (struct process_maps){0};
    bool done =
        way != PROCESS_BY_SMAPS && read_file(maps, "/proc/self/maps") == 0 &&
        count_pages(maps, way == PROCESS_BY_FINDING ? RESIDENCY_FIND : RESIDENCY_READ, pagemap);
    int failed = done ? 0 : read_file(maps, "/proc/self/smaps");
    for (size_t i = 0; i < maps->count; i++)
        maps->rss += maps->mappings[i].rss;
    return failed;
}

void process_maps_done(struct process_maps *maps)
{
    memory_free(maps->mappings);
    memory_free(maps->paths);
}

size_t process_mapping_after(const struct process_maps *maps, uintptr_t address)
{
    size_t low = 0, high = maps->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (maps->mappings[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- facts --------------------------------------------------------------------------------------
 */

size_t process_read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = 1;
    while (fd >= 0 && got > 0 && length < size - 1) {
        got = read(fd, text + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        close(fd);
    text[length] = '\0';
    return length;
}

static uint64_t read_number(const char *path, const char *name)
{
    char text[8192];
    if (process_read_text(path, text, sizeof text) == 0)
        return 0;
    size_t length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return strtoull(line + length + 1, NULL, 10);
    }
    return 0;
}

uint64_t process_status_bytes(const char *name)
{
    return read_number("/proc/self/status", name) * 1024;
}

uint64_t process_status_number(const char *name)
{
    char path[HOST_PATH_SIZE];
    host_path(path, "status");
    return read_number(path, name);
}

unsigned process_threads(void)
{
    uint64_t threads = process_status_number("Threads");
    return threads ? (unsigned)threads : 1;
}

uint64_t process_rss(void)
{
    char text[128];
    process_read_text("/proc/self/statm", text, sizeof text);
    const char *resident = strchr(text, ' ');
    return resident ? strtoull(resident, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}
