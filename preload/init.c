/* init.c -- Order of birth and death of the shim in a process.
 *
 * The program that was started records; a child that inherited the variables stays passive unless
 * HEAPDIFF_FOLLOW=1. The first process says who it is in HEAPDIFF_ROOT, so that its descendants
 * know that they are not it; an exec keeps the pid and therefore the role.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "init.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/origin.h"
#include "control/page.h"
#include "control/worker.h"
#include "hooks/real.h"
#include "hooks/visible.h"
#include "options.h"
#include "private/guest.h"
#include "record/operations.h"
#include "record/pools.h"
#include "record/record.h"
#include "record/thread.h"
#include "runtime/runtime.h"
#include "snapshot/file.h"
#include "snapshot/identity.h"
#include "snapshot/process.h"
#include "tables/births.h"
#include "tables/maps.h"
#include "tables/modules.h"
#include "unwind/unwind.h"

#define ROOT_VARIABLE "HEAPDIFF_ROOT"

static pid_t recorded_pid; /* 0: passive */
static atomic_flag exit_begun = ATOMIC_FLAG_INIT;

/* Was this process forked, without an exec since? A program may fork before main, in a constructor
 * that runs before ours: that child is not the program that was started either. */
static bool is_forked(void)
{
    enum { FORKED_NO_EXEC = 0x40 }; /* PF_FORKNOEXEC of the kernel, in field 9 of stat */
    char text[1024];
    process_read_text("/proc/self/stat", text, sizeof text);
    const char *field = strrchr(text, ')');
    for (int i = 2; field && i < 9; i++)
        field = strchr(field + 1, ' ');
    return field && strtoul(field, NULL, 10) & FORKED_NO_EXEC;
}

static bool is_root(void)
{
    const char *root = getenv(ROOT_VARIABLE);
    char own[48]; /* the kernel gives pids out again */
    snprintf(own, sizeof own, "%d.%" PRIu64, (int)getpid(), identity_started());
    if (root)
        return strcmp(root, own) == 0;
    setenv(ROOT_VARIABLE, own, 1);
    return !is_forked();
}

static void say_options(void)
{
    for (const struct option_row *row = options_table(); row->name; row++)
        log_line("%s=%s%s (%s)", row->name, row->value, row->is_set ? "" : " by default",
                 row->meaning);
}

/* ---- fork ---------------------------------------------------------------------------------------
 */

/* False while a copy forks that we do not know of: its locks may be held by nobody. */
static bool forks_here;

/* Locks are held for a moment only, but for a snapshot; a passive child does not care for that. */
static void before_fork(void)
{
    forks_here = origin_is_here();
    if (!forks_here)
        return;
    if (options.follow)
        snapshot_lock();
    pools_lock();
    births_lock();
    maps_lock();
    modules_lock();
}

static void after_fork_in_parent(void)
{
    if (!forks_here)
        return;
    modules_unlock();
    maps_unlock();
    births_unlock();
    pools_unlock();
    if (options.follow)
        snapshot_unlock();
}

static void begin(void);

/* The child has the memory but not the thread. */
static void after_fork_in_child(void)
{
    after_fork_in_parent();
    record_stop();
    births_forget();
    operations_forget();
    thread_forked();
    recorded_pid = 0;
    worker_forked();
    file_forked();
    page_leave();
    if (options.follow && forks_here)
        begin();
}

/* ---- signal -------------------------------------------------------------------------------------
 */

static void on_signal(int number)
{
    (void)number;
    worker_ask_later(REASON_SIGNAL);
}

/* Never taken over silently: a signal that the program handles already is left alone. */
static void set_signal(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, old;
    sigfillset(&action.sa_mask);
    if (!options.signal || sigaction(options.signal, NULL, &old) != 0)
        return;
    if (old.sa_handler != SIG_DFL)
        log_line("HEAPDIFF_SIGNAL: the program handles signal %d itself; not used", options.signal);
    else
        sigaction(options.signal, &action, NULL);
}

/* ---- birth --------------------------------------------------------------------------------------
 */

/* Mappings made by the program's malloc itself are the allocator's; libc's own do not come by. */
static void find_allocator(void)
{
    const struct module *allocator = modules_find((uintptr_t)real.malloc);
    const struct module *libc = modules_find((uintptr_t)getpid);
    if (allocator && allocator != libc)
        maps_set_allocator(allocator->start, allocator->end);
}

/* What we map counts against the program's limit of data; below this we would take what it needs:
 * tables of 8 MiB a piece, and a snapshot. */
#define DATA_LEAST ((rlim_t)64 << 20)

static bool has_room(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur >= DATA_LEAST;
}

static void begin(void)
{
    origin_begin();
    recorded_pid = getpid();
    snapshot_init();
    int failed = worker_start();
    if (failed) {
        log_line("no thread for snapshots (%s): not recording", strerror(failed));
        recorded_pid = 0;
        return;
    }
    if (!options.thread)
        worker_stop(); /* it has learned what only a thread of ours can */
    else
        set_signal();
    if (options.sample)
        record_filter_frees();
    record_start();
}

static __attribute__((constructor(101))) void birth(void)
{
    real_first_use();
    options_read();
    bool root = is_root();
    if (!root && !options.follow) {
        record_filter_frees();
        return;
    }
    if (options_complaint())
        log_line("%s", options_complaint());
    if (!has_room()) {
        log_line("the limit of data (RLIMIT_DATA, ulimit -d) is below 64 MiB: not recording");
        record_filter_frees();
        return;
    }
    if (!options.thread && (options.signal || options.interval > 0 || options.at_rss_count > 0))
        log_line("HEAPDIFF_THREAD=0: no snapshots by signal, interval or RSS");
    if (options.verbose)
        say_options();
    modules_refresh();
    find_allocator();
    visible_begin();
    thread_init(options.depth);
    unwind_init();
    /* Our fork handler may wait for a snapshot, so it must run before the private jemalloc's, which
     * holds that one's locks: registered later, called earlier. */
    memory_free(memory_alloc(1));
    guest_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    begin();
}

/* ---- death --------------------------------------------------------------------------------------
 */

/* A vfork child shares our memory and calls _exit: it is not the process that we record. A copy may
 * have its pid, in another namespace. */
static bool is_recorded(void)
{
    return recorded_pid && origin_is_here() && recorded_pid == getpid();
}

bool init_is_shared(void)
{
    return recorded_pid && origin_is_here() && recorded_pid != getpid();
}

/* A signal handler may end the process while its own thread holds one of our locks: then nobody
 * can look at the tables any more. */
static bool tables_are_free(void)
{
    return maps_settles() && births_settles() && pools_settles() && modules_settles() &&
           runtime_settles();
}

void init_at_exit(bool orderly)
{
    if (!is_recorded() || atomic_flag_test_and_set(&exit_begun))
        return;
    /* Without a thread one must be made, which allocates: not in _exit, a signal handler's way. */
    if (options.at_exit && (orderly || worker_is_here()) && tables_are_free())
        worker_ask_last();
    page_close();
}

void init_exit_begins(void *nothing)
{
    (void)nothing;
    if (is_recorded() && options.at_exit)
        log_keep_stderr();
}

static __attribute__((destructor(101))) void death(void)
{
    init_at_exit(true);
}
