/* facts.c -- The small tables: the snapshot's own row, counters, options, epochs, allocator.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file/facts.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file/rows.h"
#include "options.h"
#include "record/operations.h"
#include "record/pools.h"
#include "record/thread.h"
#include "runtime/runtime.h"
#include "runtime/scripts.h"
#include "runtime/timeline.h"
#include "tables/jitcode.h"
#include "tables/labels.h"
#include "tables/places.h"
#include "tables/stacks.h"

typedef sqlite3_int64 number;

static const char *const reason_names[REASON_COUNT] = FORMAT_REASON_NAMES;
static const char *const owner_names[OWNER_COUNT] = FORMAT_OWNER_NAMES;

static void read_link(const char *link, char *path, size_t size)
{
    ssize_t length = readlink(link, path, size - 1);
    path[length > 0 ? length : 0] = '\0';
}

void facts_module_path(const struct module *module, char *path, size_t size)
{
    if (strncmp(module->path, "linux-vdso", 10) == 0)
        snprintf(path, size, "[vdso]");
    else if (*module->path)
        snprintf(path, size, "%s", module->path);
    else
        read_link("/proc/self/exe", path, size);
}

static int write_snapshot(sqlite3 *db, const struct cut *cut, const struct writer_facts *facts)
{
    const struct identity *self = &cut->identity;
    struct rows rows;
    rows_begin(&rows, db, "snapshot");
    ROWS_ADD(&rows, ROWS_INT(number, facts->number), ROWS_TEXT(label, facts->label),
             ROWS_TEXT(reason, reason_names[facts->reason]), ROWS_INT(time_ns, self->time_ns),
             ROWS_INT(uptime_ns, self->monotonic_ns - facts->started_ns),
             ROWS_INT(duration_ns, cut->duration_ns), ROWS_INT(epoch, cut->epoch),
             ROWS_INT(pid, self->pid), ROWS_INT(ppid, self->ppid), ROWS_INT(uid, self->uid),
             ROWS_TEXT(program, identity_program()), ROWS_TEXT(executable, self->executable),
             ROWS_TEXT(command_line, self->command_line), ROWS_TEXT(directory, self->directory),
             ROWS_TEXT(host, self->host), ROWS_INT(page_size, sysconf(_SC_PAGESIZE)),
             ROWS_INT(threads, self->threads), ROWS_INT(sample_bytes, options.sample),
             ROWS_INT(live_bytes, cut->live_bytes + 0.5),
             ROWS_INT(live_blocks, cut->live_blocks + 0.5), ROWS_INT(rss_bytes, cut->maps.rss),
             ROWS_INT(peak_rss_bytes, self->peak_rss), ROWS_TEXT(version, HEAPDIFF_VERSION),
             ROWS_INT(started_ns, self->started_ns));
    return rows_end(&rows);
}

static int write_rss(sqlite3 *db, const struct cut *cut)
{
    struct rows rows;
    rows_begin(&rows, db, "rss");
    for (unsigned i = 0; i < OWNER_COUNT; i++)
        ROWS_ADD(&rows, ROWS_WORD(owner, owner_names[i]), ROWS_INT(bytes, cut->rss[i]));
    return rows_end(&rows);
}

static int write_epochs(sqlite3 *db, const struct writer_facts *facts)
{
    struct rows rows;
    rows_begin(&rows, db, "epoch");
    for (uint32_t i = 0; i < facts->epoch_count; i++)
        ROWS_ADD(&rows, ROWS_INT(number, i), ROWS_INT(uptime_ns, facts->epochs[i]));
    return rows_end(&rows);
}

static int write_options(sqlite3 *db)
{
    struct rows rows;
    rows_begin(&rows, db, "option");
    for (const struct option_row *row = options_table(); row->name; row++)
        ROWS_ADD(&rows, ROWS_TEXT(name, row->name), ROWS_TEXT(value, row->value),
                 ROWS_INT(is_set, row->is_set));
    return rows_end(&rows);
}

/* Untrusted numbers: they must fit into a column. */
static number facts_clip(uint64_t value)
{
    return value > INT64_MAX ? INT64_MAX : (number)value;
}

static void add_counter(struct rows *rows, const char *name, number value, const char *meaning)
{
    ROWS_ADD(rows, ROWS_TEXT(name, name), ROWS_INT(value, value), ROWS_TEXT(meaning, meaning));
}

static void add_work(struct rows *rows, const struct writer_facts *facts)
{
    if (operations_are_counted)
        add_counter(rows, FORMAT_OPERATIONS, facts_clip(operations_done),
                    "units of work done so far, counted by the program (heapdiff_ops)");
    if (facts->has_operations)
        add_counter(rows, FORMAT_OPERATIONS_ASKED, facts_clip(facts->operations),
                    "units of work done so far, given with the request (--ops)");
    if (modules_dropped())
        add_counter(rows, "modules_dropped", (number)modules_dropped(),
                    "addresses in modules beyond the limit: unwound by guess, no names");
    if (pools_unnamed())
        add_counter(rows, "pools_unnamed", facts_clip(pools_unnamed()),
                    "blocks of pools beyond the limit: in 'other pools'");
    if (labels_dropped())
        add_counter(rows, "labels_dropped", facts_clip(labels_dropped()),
                    "calls of heapdiff_label with labels beyond the limit");
}

static void add_code(struct rows *rows)
{
    if (jitcode_count()) {
        add_counter(rows, FORMAT_CODE_ANNOUNCED, (number)jitcode_count(),
                    "pieces of JIT code that V8 has announced: the names of its functions");
        add_counter(rows, "code_dropped", (number)jitcode_dropped(),
                    "of those, beyond so many as can be kept: no names");
    }
    if (jitcode_is_refused())
        add_counter(rows, FORMAT_CODE_REFUSED, 1,
                    "1: this V8 cannot announce its code to heapdiff: no names without a perf map");
}

static int write_counters(sqlite3 *db, const struct cut *cut, const struct writer_facts *facts)
{
    number busy = 0, table = 0, stacks = 0, truncated = 0, threads = 0, cut_stacks = 0;
    for (struct thread *thread = thread_first(); thread; thread = thread->next) {
        busy += (number)thread->dropped_busy;
        table += (number)thread->dropped_table;
        stacks += (number)thread->dropped_stacks;
        truncated += (number)thread->truncated;
        threads++;
    }
    for (uint32_t id = 1; id <= stacks_count(); id++)
        cut_stacks += stacks_get(id) && stacks_get(id)->truncated;
    unsigned asked, silent;
    runtime_count(&asked, &silent);
    struct rows rows;
    rows_begin(&rows, db, "counter");
    add_counter(&rows, "stacks", (number)cut->stack_count, "different stacks seen");
    add_counter(&rows, "stacks_truncated", cut_stacks,
                "stacks deeper than HEAPDIFF_DEPTH, or that the unwinder gave up");
    add_counter(&rows, "allocations_truncated", truncated, "allocations with a truncated stack");
    add_counter(&rows, "dropped_reentrant", busy,
                "allocations during the recording of another one (in signal handlers)");
    add_counter(&rows, "dropped_table", table, "blocks without room in the live table");
    add_counter(&rows, "dropped_stacks", stacks, "allocations whose stack had no room");
    add_counter(&rows, "dropped_places", (number)places_dropped(),
                "functions of Python or V8 whose names had no room");
    add_counter(&rows, "threads_recorded", threads, "most threads recorded at once");
    add_counter(&rows, "modules", (number)modules_count(), "modules seen, including unloaded ones");
    add_counter(&rows, "runtimes_asked", (number)asked, "managed heaps asked for their numbers");
    add_counter(&rows, "runtimes_silent", (number)silent,
                "managed heaps that did not answer in time: their threads were busy");
    add_counter(&rows, "table_reserved_bytes", (number)blocks_reserved(),
                "address space of the live-block table");
    add_counter(&rows, "allocator_not_asked", (number)cut->allocators.skipped,
                "1: a request for its statistics would have delayed the program by more than 5 ms");
    add_work(&rows, facts);
    add_code(&rows);
    return rows_end(&rows);
}

static int write_allocator(sqlite3 *db, const struct allocators *allocators)
{
    struct rows rows;
    rows_begin(&rows, db, "allocator");
    for (unsigned i = 0; i < allocators->count; i++)
        ROWS_ADD(&rows, ROWS_TEXT(name, allocators->name),
                 ROWS_TEXT(statistic, allocators->rows[i].statistic),
                 ROWS_INT(value, allocators->rows[i].value));
    return rows_end(&rows);
}

static int write_arenas(sqlite3 *db, const struct arenas *arenas)
{
    struct rows rows;
    rows_begin(&rows, db, "arena");
    for (size_t i = 0; i < arenas->count; i++) {
        const struct arena *arena = &arenas->list[i];
        ROWS_ADD(&rows, ROWS_INT(id, i + 1), ROWS_INT(start, arena->start),
                 ROWS_INT(end, arena->end), ROWS_INT(live_blocks, arena->live_blocks),
                 ROWS_INT(live_bytes, arena->live_bytes), ROWS_INT(hole_bytes, arena->hole_bytes),
                 ROWS_INT(top_bytes, arena->top_bytes), ROWS_INT(resident_bytes, arena->resident),
                 ROWS_INT(top_resident_bytes, arena->top_resident));
    }
    return rows_end(&rows);
}

static int write_holes(sqlite3 *db, const struct arenas *arenas)
{
    struct rows rows;
    rows_begin(&rows, db, "hole");
    for (size_t i = 0; i < arenas->count; i++)
        for (unsigned class = 0; class < ARENAS_CLASSES; class ++) {
            const struct arena_holes *holes = &arenas->list[i].holes[class];
            if (holes->count)
                ROWS_ADD(&rows, ROWS_INT(arena_id, i + 1), ROWS_INT(class, class),
                         ROWS_INT(holes, holes->count), ROWS_INT(bytes, holes->bytes));
        }
    return rows_end(&rows);
}

static void write_number(const char *name, const char *statistic, double value, void *rows)
{
    ROWS_ADD(rows, ROWS_TEXT(name, name), ROWS_TEXT(statistic, statistic), ROWS_REAL(value, value));
}

static int write_runtime(sqlite3 *db)
{
    struct rows rows;
    rows_begin(&rows, db, "runtime");
    runtime_each(write_number, &rows);
    return rows_end(&rows);
}

struct timeline_rows {
    struct rows rows;
    uint64_t started_ns;
};

static void write_point(const char *name, const char *statistic, uint64_t time_ns, double value,
                        void *context)
{
    struct timeline_rows *to = context;
    ROWS_ADD(&to->rows, ROWS_WORD(name, name), ROWS_WORD(statistic, statistic),
             ROWS_INT(uptime_ns, time_ns - to->started_ns), ROWS_REAL(value, value));
}

static int write_timeline(sqlite3 *db, const struct writer_facts *facts)
{
    struct timeline_rows to = {.started_ns = facts->started_ns};
    rows_begin(&to.rows, db, "timeline");
    timeline_each(write_point, &to);
    return rows_end(&to.rows);
}

static void write_map(const char *file, const char *map, void *rows)
{
    ROWS_ADD(rows, ROWS_TEXT(file, file), ROWS_TEXT(map, map));
}

static int write_source_maps(sqlite3 *db)
{
    struct rows rows;
    rows_begin(&rows, db, "source_map");
    scripts_each(write_map, &rows);
    return rows_end(&rows);
}

int facts_write(sqlite3 *db, const struct cut *cut, const struct writer_facts *facts)
{
    int failed = write_snapshot(db, cut, facts);
    if (!failed)
        failed = write_rss(db, cut);
    if (!failed)
        failed = write_epochs(db, facts);
    if (!failed)
        failed = write_options(db);
    if (!failed)
        failed = write_counters(db, cut, facts);
    if (!failed)
        failed = write_allocator(db, &cut->allocators);
    if (!failed)
        failed = write_arenas(db, &cut->arenas);
    if (!failed)
        failed = write_holes(db, &cut->arenas);
    if (!failed)
        failed = write_runtime(db);
    if (!failed)
        failed = write_timeline(db, facts);
    if (!failed)
        failed = write_source_maps(db);
    return failed;
}
