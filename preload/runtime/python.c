/* python.c -- CPython as a member: its collector is called from the errand thread.
 *
 * Only who holds the interpreter's lock may call the collector. A thread that waits in the kernel
 * has let go of it, one that runs Python lets go every few milliseconds; a pending call would reach
 * only the latter. Waiting for the lock has no deadline, so it is not the control thread that
 * waits: the errand thread may be late, and its answer is dropped then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/python.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/types.h>

#include "runtime/errand.h"
#include "runtime/kind.h"
#include "runtime/runtime.h"

/* Of CPython's stable interface, but for the two with an underscore. */
static struct {
    int (*is_initialized)(void);
    int (*is_finalizing)(void); /* may be missing */
    int (*ensure)(void);
    void (*release)(int state);
    ssize_t (*collect)(void);
    ssize_t (*allocated_blocks)(void); /* may be missing */
    int (*enable)(void);               /* these two since 3.10: was it enabled? */
    int (*disable)(void);
} python;

static struct heapdiff_member *_Atomic member;

bool python_look(void)
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

static void collect_and_answer(void)
{
    static const char names[] = "collected_objects\0allocated_blocks";
    bool collect;
    int state = python.ensure();
    uint32_t request = runtime_take(member, &collect);
    if (request && collect) {
        double values[2] = {(double)collect_always()};
        if (python.allocated_blocks)
            values[1] = (double)python.allocated_blocks();
        runtime_answer(member, request, names, sizeof names, values,
                       python.allocated_blocks ? 2 : 1);
    }
    python.release(state);
}

void python_collect(void)
{
    if (member && python.is_initialized() && !(python.is_finalizing && python.is_finalizing()))
        collect_and_answer();
}

void python_join(void)
{
    const struct heapdiff_member_info info = {
        .version = MEMBER_VERSION,
        .is_main = true,
        .only_to_collect = true, /* its numbers cost the interpreter's lock */
        .name = "python"};
    if (!member && errand_is_here() && kind_is_python() && python.is_initialized())
        member = runtime_join(&info);
}

void python_forked(void)
{
    member = NULL;
}
