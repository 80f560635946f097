/* jitdump.c -- The record of JIT code that a runtime dumps for `perf inject --jit`.
 *
 * A header and records, all in the byte order of the machine (Linux tools/perf,
 * jitdump-specification.txt). LOAD has the name and a copy of the code, which is passed over; MOVE
 * says that code went elsewhere; DEBUG_INFO stands before the LOAD that it is about. The file
 * belongs to the program, so every number in it may be anything.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jit/jitdump.h"

#include <stdlib.h> /* bsearch */
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "jit/filereader.h"

#define MAGIC          0x4a695444u /* "DTiJ" in memory: of the same byte order */
#define ARCH_TIMESTAMP 1u          /* header flag: time by the processor's counter */
#define NAME_LIMIT     4000
#define MOVES_LIMIT    65536 /* of more code that moves, the rest has no name */

enum { LOAD = 0, MOVE = 1, DEBUG_INFO = 2, CLOSE = 3 };

struct header {
    uint32_t magic, version, size, machine, padding, pid;
    uint64_t time, flags;
};

struct record {
    uint32_t id, size; /* with this */
    uint64_t time;
};

struct load {
    struct record record;
    uint32_t pid, tid;
    uint64_t virtual_address, address, size, index;
};

struct move {
    struct record record;
    uint32_t pid, tid;
    uint64_t virtual_address, from, to, size, index;
};

struct debug_info {
    struct record record;
    uint64_t address, count;
};

struct debug_line {
    uint64_t address;
    int32_t line, discriminator;
};

/* Code that will move, and its name. */
struct moved {
    uint64_t index, name;
    size_t length;
};

struct scan {
    struct filereader reader;
    bool has_time;
    struct debug_info info; /* the last one, and where it was */
    uint64_t info_offset;
    struct moved *moved; /* by index */
    size_t moved_count, moved_room;
    jitdump_visit *visit; /* NULL in the first pass, which looks for moves */
    void *context;
};

static int by_index(const void *a, const void *b)
{
    const struct moved *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Of two rows with one index any is found, and both are the same code. */
static struct moved *find_moved(struct scan *scan, uint64_t index)
{
    struct moved key = {.index = index};
    return scan->moved_count ? bsearch(&key, scan->moved, scan->moved_count, sizeof key, by_index)
                             : NULL;
}

static void jitdump_show(struct scan *scan, struct jitdump_entry *entry,
                         const struct record *record, uint64_t start, uint64_t size)
{
    if (size == 0 || start + size < start)
        return;
    entry->start = (uintptr_t)start;
    entry->end = (uintptr_t)(start + size);
    entry->time_ns = scan->has_time ? record->time : 0;
    scan->visit(entry, scan->context);
}

static void take_load(struct scan *scan, const struct load *load)
{
    uint64_t rest = load->record.size - sizeof *load;
    struct jitdump_entry entry = {.name = scan->reader.offset + sizeof *load,
                                  .length = rest < NAME_LIMIT ? (size_t)rest : NAME_LIMIT};
    if (scan->info_offset && scan->info.address == load->address) {
        entry.lines = scan->info_offset + sizeof scan->info;
        entry.line_count = scan->info.count;
        entry.lines_end = scan->info_offset + scan->info.record.size;
    }
    scan->info_offset = 0;
    struct moved *moved = find_moved(scan, load->index);
    if (moved) {
        moved->name = entry.name;
        moved->length = entry.length;
    }
    jitdump_show(scan, &entry, &load->record, load->address, load->size);
}

static void take_move(struct scan *scan, const struct move *move)
{
    if (!scan->visit) {
        if (scan->moved_count < MOVES_LIMIT &&
            memory_make_room(&scan->moved, sizeof *scan->moved, scan->moved_count,
                             &scan->moved_room))
            scan->moved[scan->moved_count++] = (struct moved){.index = move->index};
        return;
    }
    const struct moved *moved = find_moved(scan, move->index);
    struct jitdump_entry entry = {0};
    if (!moved || !moved->length)
        return;
    entry.name = moved->name;
    entry.length = moved->length;
    jitdump_show(scan, &entry, &move->record, move->to, move->size);
}

/* One record; false when it makes no sense. */
static bool take_record(struct scan *scan, const struct record *record, size_t there)
{
    const char *at = filereader_at(&scan->reader);
    union {
        struct load load;
        struct move move;
        struct debug_info info;
    } body;
    size_t need = record->id == LOAD         ? sizeof body.load
                  : record->id == MOVE       ? sizeof body.move
                  : record->id == DEBUG_INFO ? sizeof body.info
                                             : 0;
    if (need > there || need > record->size)
        return false;
    memcpy(&body, at, need);
    if (record->id == LOAD && scan->visit)
        take_load(scan, &body.load);
    else if (record->id == MOVE)
        take_move(scan, &body.move);
    else if (record->id == DEBUG_INFO) {
        scan->info = body.info;
        scan->info_offset = scan->reader.offset;
    }
    return true;
}

/* One pass; it stops at a record that is still being written. */
static void scan_records(struct scan *scan, int fd, uint64_t offset)
{
    struct record record;
    size_t there;
    bool good = filereader_begin(&scan->reader, fd, offset);
    scan->info_offset = 0;
    while (good && (there = filereader_fill(&scan->reader, sizeof(struct move))) >= sizeof record) {
        memcpy(&record, filereader_at(&scan->reader), sizeof record);
        good =
            record.size >= sizeof record && record.id != CLOSE && take_record(scan, &record, there);
        filereader_skip(&scan->reader, record.size);
    }
    filereader_done(&scan->reader);
}

static bool read_header(int fd, struct header *header)
{
    struct filereader reader;
    bool good = filereader_begin(&reader, fd, 0) &&
                filereader_fill(&reader, sizeof *header) >= sizeof *header;
    if (good)
        memcpy(header, filereader_at(&reader), sizeof *header);
    filereader_done(&reader);
    return good && header->magic == MAGIC && header->version == 1 && header->size >= sizeof *header;
}

bool jitdump_scan(int fd, jitdump_visit *visit, void *context)
{
    struct header header;
    if (!read_header(fd, &header))
        return false;
    struct scan scan = {.has_time = !(header.flags & ARCH_TIMESTAMP)};
    scan_records(&scan, fd, header.size);
    if (scan.moved_count)
        sort(scan.moved, scan.moved_count, sizeof *scan.moved, by_index);
    scan.visit = visit;
    scan.context = context;
    scan_records(&scan, fd, header.size);
    memory_free(scan.moved);
    return true;
}

struct jitdump_line jitdump_find_line(int fd, const struct jitdump_entry *entry, uintptr_t address)
{
    struct jitdump_line found = {0};
    struct filereader reader;
    struct debug_line row;
    uint64_t best = 0, file = 0;
    bool good = entry->lines && filereader_begin(&reader, fd, entry->lines);
    for (uint64_t i = 0; good && i < entry->line_count && reader.offset < entry->lines_end; i++) {
        size_t there = filereader_fill(&reader, sizeof row + NAME_LIMIT);
        if (there <= sizeof row)
            break;
        memcpy(&row, filereader_at(&reader), sizeof row);
        const char *name = filereader_at(&reader) + sizeof row;
        const char *end = memchr(name, '\0', there - sizeof row);
        if (!end)
            break;
        if ((unsigned char)*name != 0xff) /* 0xff: the file of the row before */
            file = reader.offset + sizeof row;
        if (row.address <= address && row.address >= best && row.line > 0 && file) {
            best = row.address;
            found = (struct jitdump_line){
                .line = (uint32_t)row.line, .file = file, .length = NAME_LIMIT};
        }
        filereader_skip(&reader, sizeof row + (size_t)(end - name) + 1);
    }
    if (entry->lines)
        filereader_done(&reader);
    return found;
}
