/* init.c -- Start and end of the shim in a process.
 *
 * The program that was started records; a child that inherited the variables stays passive unless
 * HEAPDIFF_FOLLOW=1. The first process writes its identity to HEAPDIFF_ROOT, so that its
 * descendants know that they are another one; an exec keeps the pid and therefore the role.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "life/init.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/guest.h"
#include "base/host.h"
#include "base/log.h"
#include "base/origin.h"
#include "base/procstat.h"
#include "base/sandbox.h"
#include "control/channel.h"
#include "control/task.h"
#include "control/worker.h"
#include "file/file.h"
#include "file/writer.h"
#include "hooks/visible.h"
#include "kernel/identity.h"
#include "options.h"
#include "real/real.h"
#include "record/hold.h"
#include "record/operations.h"
#include "record/pools.h"
#include "record/record.h"
#include "record/thread.h"
#include "runtime/kind.h"
#include "runtime/runtime.h"
#include "tables/creations.h"
#include "tables/maps.h"
#include "tables/modules.h"
#include "unwind/bounds.h"
#include "unwind/unwind.h"

#define ROOT_VARIABLE "HEAPDIFF_ROOT"

static pid_t recorded_pid; /* 0: passive */
static atomic_flag exit_begun = ATOMIC_FLAG_INIT;

/* Was this process forked, without an exec since? A program may fork before main, in a constructor
 * that runs before ours: that child is not the program that was started either. */
static bool is_forked(void)
{
    struct procstat stat;
    return procstat_read("/proc/self/stat", &stat) && stat.fields[PROCSTAT_FLAGS] & PROCSTAT_FORKED;
}

/* The variable is of this very process: another one may have had its pid before. */
static bool names_us(const char *root)
{
    char own[48];
    if (strtol(root, NULL, 10) != getpid())
        return false; /* the common case, without a look into /proc */
    snprintf(own, sizeof own, "%d.%" PRIu64, (int)getpid(), identity_started());
    return strcmp(root, own) == 0;
}

static bool is_root(void)
{
    const char *root = getenv(ROOT_VARIABLE);
    char own[48];
    if (root)
        return names_us(root);
    if (identity_parent_has_us())
        return false; /* of a program whose own constructor has not run yet */
    snprintf(own, sizeof own, "%d.%" PRIu64, (int)getpid(), identity_started());
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

/* Of the fork under way. A copy made past the fork handlers does not use it: the owners of its
 * locks may not exist. */
static bool forks_here, is_whole;
static struct hold hold;

/* Locks are held for a moment only. */
static void before_fork(void)
{
    forks_here = origin_is_here();
    if (forks_here)
        is_whole = hold_all(&hold);
}

static void after_fork_in_parent(void)
{
    if (forks_here)
        hold_release(&hold);
}

static void init_begin(bool is_program);

/* The child has the memory but not the control process. */
static void after_fork_in_child(void)
{
    after_fork_in_parent();
    log_silence();
    record_stop();
    creations_forget();
    operations_forget();
    thread_forked();
    recorded_pid = 0;
    worker_forked();
    file_forked();
    channel_forked();
    if (options.follow && forks_here && is_whole && !sandbox_is_closed()) {
        guest_forked();
        writer_forked();
        init_begin(false);
    }
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

/* ---- start --------------------------------------------------------------------------------------
 */

/* Mappings made by the program's malloc itself are the allocator's; libc's own do not come by. */
static void find_allocator(void)
{
    const struct module *allocator = modules_find((uintptr_t)real.malloc);
    const struct module *libc = modules_find((uintptr_t)getpid);
    if (allocator && allocator != libc)
        maps_set_allocator(allocator->start, allocator->end);
}

/* Our mappings count against the program's limit of data. Below this we would take memory that it
 * needs: tables of 8 MiB each, and a snapshot. */
#define DATA_LEAST ((rlim_t)64 << 20)

static bool has_room(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur >= DATA_LEAST;
}

static void init_begin(bool is_program)
{
    origin_begin();
    host_begin();
    recorded_pid = host_pid();
    snapshot_init();
    int failed = options.thread ? worker_start() : 0;
    if (failed) {
        log_line("cannot start a control process (%s): not recording", strerror(failed));
        recorded_pid = 0;
        return;
    }
    if (options.thread)
        set_signal();
    if (is_program)
        runtime_begin();
    if (options.sample)
        record_filter_frees();
    record_start();
}

/* Learns everything that only the constructor can. False when memory is lacking. */
static bool init_learn(void)
{
    if (task_learn() != 0 || !guest_learn())
        return false;
    bounds_learn();
    modules_refresh();
    find_allocator();
    visible_begin();
    thread_init(options.depth);
    unwind_init();
    guest_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    return true;
}

/* Python's objects are many and small. */
static void choose_sample(void)
{
    if (options.sample || !options.python_sample)
        return;
    kind_look();
    if (kind_is_python())
        options.sample = options.python_sample;
}

static __attribute__((constructor(101))) void init_birth(void)
{
    real_first_use();
    options_read();
    log_begin();
    bool root = is_root();
    if (!root || options.quiet)
        log_silence();
    /* A setuid program (by /etc/ld.so.preload: LD_PRELOAD does not reach it) must not write where
     * its user says. */
    if ((!root && !options.follow) || getauxval(AT_SECURE)) {
        record_filter_frees();
        return;
    }
    task_reap_former();
    if (options_complaint())
        log_line("%s", options_complaint());
    if (!options.thread && (options.signal || options.interval > 0 || options.at_rss.count > 0))
        log_line("HEAPDIFF_THREAD=0: no snapshots by signal, interval or RSS");
    if (options.verbose)
        say_options();
    if (!has_room() || !init_learn()) {
        log_line("the data limit (RLIMIT_DATA, ulimit -d) is below 64 MiB: not recording");
        record_filter_frees();
        return;
    }
    choose_sample();
    init_begin(root);
}

/* ---- end ----------------------------------------------------------------------------------------
 */

/* A vfork child shares our memory and calls _exit: it is not the process that we record. A copy may
 * have its pid, in another namespace. Under a seccomp filter it cannot be asked which it is. */
static bool is_recorded(void)
{
    return recorded_pid && origin_is_here() && (sandbox_is_closed() || recorded_pid == getpid());
}

bool init_is_shared(void)
{
    return recorded_pid && origin_is_here() && recorded_pid != getpid();
}

/* A signal handler may end the process while its own thread holds one of our locks: then the tables
 * cannot be read any more. */
static bool tables_are_free(void)
{
    return maps_settles() && creations_settles() && pools_settles() && modules_settles() &&
           runtime_settles();
}

void init_at_exit(bool orderly)
{
    if (!is_recorded())
        return;
    if (sandbox_is_closed() && !orderly) {
        if (options.at_exit)
            worker_want_last();
        return;
    }
    if (atomic_flag_test_and_set(&exit_begun))
        return;
    if (options.at_exit && tables_are_free())
        worker_ask_last();
    worker_end();
}

void init_exit_begins(void *nothing)
{
    (void)nothing;
    if (!sandbox_is_closed() && is_recorded() && options.at_exit)
        log_keep_stderr();
}

static __attribute__((destructor(101))) void init_death(void)
{
    init_at_exit(true);
}
