/* collector.c -- CPython as a member: its collector is called from the helper thread, or by Python.
 *
 * The collector may only be called with the interpreter's lock. The helper thread waits for the
 * lock: a thread that waits in the kernel has released it, one that runs Python releases it every
 * few milliseconds. This wait has no deadline, so the control process does not do it; a late answer
 * of the helper thread is dropped.
 *
 * From 3.12 on CPython warns at a fork when it finds a second thread in /proc. A forked child must
 * not get a second thread either. There we ask the interpreter (Py_AddPendingCall) to call us from
 * its main thread, which it does when that thread runs Python the next time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/collector.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/host.h"
#include "base/procstat.h"
#include "runtime/helper.h"
#include "runtime/kind.h"
#include "runtime/runtime.h"

/* Of CPython's stable interface, except for the two with an underscore. */
static struct {
    int (*is_initialized)(void);
    int (*is_finalizing)(void); /* may be missing */
    int (*ensure)(void);
    void (*release)(int state);
    ssize_t (*collect)(void);
    ssize_t (*allocated_blocks)(void); /* may be missing */
    int (*enable)(void);               /* these two since 3.10: was it enabled? */
    int (*disable)(void);
    int (*add_pending_call)(int (*call)(void *), void *context);
    const unsigned long *version; /* since 3.11 */
} python;

#define FORK_WARNS 0x030c0000ul

static struct heapdiff_member *_Atomic member;

/* How long the main thread had run when it was asked; 0: it was not, or nothing tells. */
static uint64_t ran_before;

bool collector_look(void)
{
    *(void **)&python.is_initialized = kind_find_function("Py_IsInitialized");
    *(void **)&python.ensure = kind_find_function("PyGILState_Ensure");
    *(void **)&python.release = kind_find_function("PyGILState_Release");
    *(void **)&python.collect = kind_find_function("PyGC_Collect");
    *(void **)&python.is_finalizing = kind_find_function("Py_IsFinalizing");
    if (!python.is_finalizing)
        *(void **)&python.is_finalizing = kind_find_function("_Py_IsFinalizing");
    *(void **)&python.allocated_blocks = kind_find_function("_Py_GetAllocatedBlocks");
    *(void **)&python.enable = kind_find_function("PyGC_Enable");
    *(void **)&python.disable = kind_find_function("PyGC_Disable");
    *(void **)&python.add_pending_call = kind_find_function("Py_AddPendingCall");
    *(void **)&python.version = kind_find_function("Py_Version");
    return python.is_initialized && python.ensure && python.release && python.collect;
}

/* Also in a program that has switched the collector off, which makes PyGC_Collect do nothing. */
static ssize_t collect_always(void)
{
    bool switched = python.enable && python.disable;
    int was_enabled = switched ? python.enable() : 1;
    ssize_t collected = python.collect();
    if (!was_enabled)
        python.disable();
    return collected;
}

bool collector_bears_a_thread(void)
{
    return python.ensure && !(python.version && *python.version >= FORK_WARNS);
}

/* With the interpreter's lock held. */
static int collect_and_answer(void *nothing)
{
    static const char names[] = "collected_objects\0allocated_blocks";
    bool collect;
    (void)nothing;
    uint32_t request = runtime_take(member, &collect);
    if (request && collect) {
        double values[2] = {(double)collect_always()};
        if (python.allocated_blocks)
            values[1] = (double)python.allocated_blocks();
        runtime_answer(member, request, names, sizeof names, values,
                       python.allocated_blocks ? 2 : 1);
    }
    return 0;
}

static bool may_collect(void)
{
    return member && python.is_initialized() && !(python.is_finalizing && python.is_finalizing());
}

void collector_collect(void)
{
    if (!may_collect())
        return;
    int state = python.ensure();
    collect_and_answer(NULL);
    python.release(state);
}

/* Of the main thread, whose id is the process's. */
static uint64_t main_thread_ran(void)
{
    char path[64];
    uint64_t ns;
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)host_pid(), (int)host_pid());
    return procstat_run_time(path, &ns) ? ns : 0;
}

void collector_ask(void)
{
    ran_before = 0;
    if (helper_is_here() || !may_collect() || !python.add_pending_call)
        return;
    ran_before = main_thread_ran();
    python.add_pending_call(collect_and_answer, NULL);
}

bool collector_sleeps(void)
{
    return ran_before && main_thread_ran() == ran_before;
}

void collector_join(void)
{
    const struct heapdiff_member_info info = {
        .version = MEMBER_VERSION,
        .is_main = true,
        .only_to_collect = true, /* its numbers cost the interpreter's lock */
        .name = "python"};
    if (!member && kind_is_python() && (helper_is_here() || python.add_pending_call) &&
        python.is_initialized())
        member = runtime_join(&info);
}

void collector_forked(void)
{
    member = NULL;
}
