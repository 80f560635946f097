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
    rows_begin(&rows, db, "snapshot", 24);
    rows_add(&rows, "ittiiiiiiitttttiiiiiiiti", (number)facts->number, facts->label,
             reason_names[facts->reason], (number)self->time_ns,
             (number)(self->monotonic_ns - facts->started_ns), (number)cut->duration_ns,
             (number)cut->epoch, (number)self->pid, (number)self->ppid, (number)self->uid,
             identity_program(), self->executable, self->command_line, self->directory, self->host,
             (number)sysconf(_SC_PAGESIZE), (number)self->threads, (number)options.sample,
             (number)(cut->live_bytes + 0.5), (number)(cut->live_blocks + 0.5),
             (number)cut->maps.rss, (number)self->peak_rss, HEAPDIFF_VERSION,
             (number)self->started_ns);
    return rows_end(&rows);
}

static int write_rss(sqlite3 *db, const struct cut *cut)
{
    struct rows rows;
    rows_begin(&rows, db, "rss", 2);
    for (unsigned i = 0; i < OWNER_COUNT; i++)
        rows_add(&rows, "ti", owner_names[i], (number)cut->rss[i]);
    return rows_end(&rows);
}

static int write_epochs(sqlite3 *db, const struct writer_facts *facts)
{
    struct rows rows;
    rows_begin(&rows, db, "epoch", 2);
    for (uint32_t i = 0; i < facts->epoch_count; i++)
        rows_add(&rows, "ii", (number)i, (number)facts->epochs[i]);
    return rows_end(&rows);
}

static int write_options(sqlite3 *db)
{
    struct rows rows;
    rows_begin(&rows, db, "option", 3);
    for (const struct option_row *row = options_table(); row->name; row++)
        rows_add(&rows, "tti", row->name, row->value, (number)row->is_set);
    return rows_end(&rows);
}

/* Numbers of strangers: they must fit into a column. */
static number clip(uint64_t value)
{
    return value > INT64_MAX ? INT64_MAX : (number)value;
}

static void add_work(struct rows *rows, const struct writer_facts *facts)
{
    if (operations_are_counted)
        rows_add(rows, "tit", FORMAT_OPERATIONS, clip(operations_done),
                 "units of work done so far, as the program says (heapdiff_ops)");
    if (facts->has_operations)
        rows_add(rows, "tit", FORMAT_OPERATIONS_ASKED, clip(facts->operations),
                 "units of work done so far, as whoever took the snapshot says (--ops)");
    if (modules_dropped())
        rows_add(rows, "tit", "modules_dropped", (number)modules_dropped(),
                 "addresses of modules beyond so many as can be kept: unwound by guess, no names");
    if (pools_unnamed())
        rows_add(rows, "tit", "pools_unnamed", clip(pools_unnamed()),
                 "blocks of pools beyond so many as can be told apart: 'other pools'");
    if (labels_dropped())
        rows_add(rows, "tit", "labels_dropped", clip(labels_dropped()),
                 "calls of heapdiff_label beyond so many labels as can be told apart");
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
    rows_begin(&rows, db, "counter", 3);
    rows_add(&rows, "tit", "stacks", (number)cut->stack_count, "different stacks seen");
    rows_add(&rows, "tit", "stacks_truncated", cut_stacks,
             "stacks deeper than HEAPDIFF_DEPTH, or given up by the unwinder");
    rows_add(&rows, "tit", "allocations_truncated", truncated, "allocations with such a stack");
    rows_add(&rows, "tit", "dropped_reentrant", busy,
             "allocations inside the recording of another one (a signal handler's)");
    rows_add(&rows, "tit", "dropped_table", table, "blocks that found no room in the live table");
    rows_add(&rows, "tit", "dropped_stacks", stacks, "allocations whose stack found no room");
    rows_add(&rows, "tit", "dropped_places", (number)places_dropped(),
             "Python functions that found no room for their names");
    rows_add(&rows, "tit", "threads_recorded", threads, "most threads recorded at once");
    rows_add(&rows, "tit", "modules", (number)modules_count(), "modules seen, unloaded ones too");
    rows_add(&rows, "tit", "runtimes_asked", (number)asked,
             "managed heaps asked for their numbers");
    rows_add(&rows, "tit", "runtimes_silent", (number)silent,
             "of those, not heard from in time: their threads were busy");
    rows_add(&rows, "tit", "table_reserved_bytes", (number)blocks_reserved(),
             "address space of the live-block table");
    rows_add(&rows, "tit", "allocator_not_asked", (number)cut->allocators.skipped,
             "1: its statistics would have held the program up for more than 5 ms");
    add_work(&rows, facts);
    return rows_end(&rows);
}

static int write_allocator(sqlite3 *db, const struct allocators *allocators)
{
    struct rows rows;
    rows_begin(&rows, db, "allocator", 3);
    for (unsigned i = 0; i < allocators->count; i++)
        rows_add(&rows, "tti", allocators->name, allocators->rows[i].statistic,
                 (number)allocators->rows[i].value);
    return rows_end(&rows);
}

static int write_arenas(sqlite3 *db, const struct arenas *arenas)
{
    struct rows rows;
    rows_begin(&rows, db, "arena", 9);
    for (size_t i = 0; i < arenas->count; i++) {
        const struct arena *arena = &arenas->list[i];
        rows_add(&rows, "iiiiiiiii", (number)i + 1, (number)arena->start, (number)arena->end,
                 (number)arena->live_blocks, (number)arena->live_bytes, (number)arena->hole_bytes,
                 (number)arena->top_bytes, (number)arena->resident, (number)arena->top_resident);
    }
    return rows_end(&rows);
}

static int write_holes(sqlite3 *db, const struct arenas *arenas)
{
    struct rows rows;
    rows_begin(&rows, db, "hole", 4);
    for (size_t i = 0; i < arenas->count; i++)
        for (unsigned class = 0; class < ARENAS_CLASSES; class ++) {
            const struct arena_holes *holes = &arenas->list[i].holes[class];
            if (holes->count)
                rows_add(&rows, "iiii", (number)i + 1, (number) class, (number)holes->count,
                         (number)holes->bytes);
        }
    return rows_end(&rows);
}

static void write_number(const char *name, const char *statistic, double value, void *rows)
{
    rows_add(rows, "ttr", name, statistic, value);
}

static int write_runtime(sqlite3 *db)
{
    struct rows rows;
    rows_begin(&rows, db, "runtime", 3);
    runtime_each(write_number, &rows);
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
    return failed;
}
