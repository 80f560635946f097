/* facts.c -- The small tables: the snapshot's own row, counters, options, epochs, allocator.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "snapshot/facts.h"

#include <limits.h>
#include <malloc.h> /* mallinfo2 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hooks/real.h"
#include "options.h"
#include "record/thread.h"
#include "runtime/runtime.h"
#include "snapshot/rows.h"
#include "tables/stacks.h"

typedef sqlite3_int64 number;

static const char *const reason_names[REASON_COUNT] = FORMAT_REASON_NAMES;
static const char *const owner_names[] = CUT_OWNER_NAMES;

static number clock_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (number)time.tv_sec * 1000000000 + time.tv_nsec;
}

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

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
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

static int write_snapshot(sqlite3 *db, const struct cut *cut, const struct writer_facts *facts)
{
    char executable[PATH_MAX], command_line[4096], directory[PATH_MAX],
        host[HOST_NAME_MAX + 1] = "";
    read_link("/proc/self/exe", executable, sizeof executable);
    read_link("/proc/self/cwd", directory, sizeof directory);
    read_command_line(command_line, sizeof command_line);
    gethostname(host, sizeof host - 1);
    struct rows rows;
    rows_begin(&rows, db, "snapshot", 23);
    rows_add(&rows, "ittiiiiiiitttttiiiiiiit", (number)facts->number, facts->label,
             reason_names[facts->reason], clock_ns(CLOCK_REALTIME),
             clock_ns(CLOCK_MONOTONIC) - (number)facts->started_ns, (number)cut->duration_ns,
             (number)cut->epoch, (number)getpid(), (number)getppid(), (number)geteuid(),
             base_name(executable), executable, command_line, directory, host,
             (number)sysconf(_SC_PAGESIZE), (number)process_threads(), (number)options.sample,
             (number)(cut->live_bytes + 0.5), (number)(cut->live_blocks + 0.5),
             (number)cut->maps.rss, (number)process_status_bytes("VmHWM"), HEAPDIFF_VERSION);
    return rows_end(&rows);
}

static int write_rss(sqlite3 *db, const struct cut *cut)
{
    struct rows rows;
    rows_begin(&rows, db, "rss", 2);
    for (unsigned i = 0; i < sizeof owner_names / sizeof *owner_names; i++)
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

static int write_counters(sqlite3 *db, const struct cut *cut)
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
    rows_add(&rows, "tit", "threads_recorded", threads, "most threads recorded at once");
    rows_add(&rows, "tit", "modules", (number)modules_count(), "modules seen, unloaded ones too");
    rows_add(&rows, "tit", "runtimes_asked", (number)asked,
             "managed heaps asked for their numbers");
    rows_add(&rows, "tit", "runtimes_silent", (number)silent,
             "of those, not heard from in time: their threads were busy");
    rows_add(&rows, "tit", "table_reserved_bytes", (number)blocks_reserved(),
             "address space of the live-block table");
    return rows_end(&rows);
}

static int write_allocator(sqlite3 *db, enum snapshot_reason reason)
{
    /* mallinfo2 takes the arenas' locks, and a thread that exits from a signal handler inside
     * malloc holds one for ever. Only glibc's own malloc is meant by it. */
    const struct module *malloc_module = modules_find((uintptr_t)real.malloc);
    if (reason == REASON_EXIT || !malloc_module ||
        malloc_module != modules_find((uintptr_t)mallinfo2))
        return 0;
    struct mallinfo2 info = mallinfo2();
    const struct {
        const char *name;
        size_t value;
    } values[] = {{"arena", info.arena},       {"ordblks", info.ordblks},
                  {"hblks", info.hblks},       {"hblkhd", info.hblkhd},
                  {"fsmblks", info.fsmblks},   {"uordblks", info.uordblks},
                  {"fordblks", info.fordblks}, {"keepcost", info.keepcost}};
    struct rows rows;
    rows_begin(&rows, db, "allocator", 3);
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
        rows_add(&rows, "tti", "glibc", values[i].name, (number)values[i].value);
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
        failed = write_counters(db, cut);
    if (!failed)
        failed = write_allocator(db, facts->reason);
    if (!failed)
        failed = write_runtime(db);
    return failed;
}
