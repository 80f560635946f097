/* perfmap.c -- Names of JIT code, from the map that the runtime writes for perf.
 *
 * Lines are "START SIZE NAME", hexadecimal without 0x (Linux tools/perf, jit-interface.txt). Code
 * space is used again and the file only grows, so of several entries that cover an address the
 * last one holds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/perfmap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sort.h"

#define SIZE_LIMIT ((off_t)1 << 30)

static int by_start(const void *a, const void *b)
{
    const struct perfmap_entry *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static size_t count_lines(const char *text, size_t size)
{
    size_t lines = 1;
    for (const char *at = text; (at = memchr(at, '\n', size - (size_t)(at - text))); at++)
        lines++;
    return lines;
}

static void parse_line(struct perfmap *map, char *line)
{
    char *end;
    unsigned long long start = strtoull(line, &end, 16);
    if (end == line || *end != ' ')
        return;
    char *size_text = end + 1;
    unsigned long long size = strtoull(size_text, &end, 16);
    if (end == size_text || *end != ' ' || size == 0 || start + size < start)
        return;
    map->entries[map->count] = (struct perfmap_entry){.start = (uintptr_t)start,
                                                      .end = (uintptr_t)(start + size),
                                                      .order = (uint32_t)map->count,
                                                      .name = end + 1};
    map->count++;
    if (size > map->widest)
        map->widest = (uintptr_t)size;
}

void perfmap_parse(struct perfmap *map, char *text, size_t size)
{
    *map = (struct perfmap){.text = text};
    map->entries = memory_alloc(count_lines(text, size) * sizeof *map->entries);
    if (!map->entries)
        return;
    char *stop = text + size;
    for (char *line = text; line < stop;) {
        char *newline = memchr(line, '\n', (size_t)(stop - line));
        if (!newline)
            break; /* a line that is still being written */
        *newline = '\0';
        parse_line(map, line);
        line = newline + 1;
    }
    sort(map->entries, map->count, sizeof *map->entries, by_start);
}

/* The descriptor's whole contents, or NULL. */
static char *read_all(int fd, size_t *size)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > SIZE_LIMIT)
        return NULL;
    size_t want = (size_t)status.st_size;
    char *text = memory_alloc(want + 1);
    *size = 0;
    while (text && *size < want) {
        ssize_t got = read(fd, text + *size, want - *size);
        if (got <= 0)
            break;
        *size += (size_t)got;
    }
    if (text)
        text[*size] = '\0';
    return text;
}

void perfmap_read(struct perfmap *map, int pid)
{
    char path[64];
    size_t size = 0;
    *map = (struct perfmap){NULL};
    snprintf(path, sizeof path, "/tmp/perf-%d.map", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    char *text = read_all(fd, &size);
    close(fd);
    if (text)
        perfmap_parse(map, text, size);
}

void perfmap_done(struct perfmap *map)
{
    memory_free(map->entries);
    memory_free(map->text);
    *map = (struct perfmap){NULL};
}

const char *perfmap_find(const struct perfmap *map, uintptr_t address)
{
    size_t low = 0, high = map->count;
    while (low < high) { /* the first entry that starts behind the address */
        size_t middle = (low + high) / 2;
        if (map->entries[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    const struct perfmap_entry *best = NULL;
    while (low-- > 0 && address - map->entries[low].start < map->widest) {
        const struct perfmap_entry *entry = &map->entries[low];
        if (address < entry->end && (!best || entry->order > best->order))
            best = entry;
    }
    return best ? best->name : NULL;
}
