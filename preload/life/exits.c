/* exits.c -- Hooks of calls that end the process or unload a module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "hooks/signals.h"
#include "life/init.h"
#include "python/chain.h"
#include "python/cpython.h"
#include "record/record.h"
#include "tables/modules.h"
#include "unwind/unwind.h"

int dlclose(void *handle)
{
    if (record_is_on())
        chain_before_unload();
    modules_before_unload();
    int failed = real.dlclose(handle);
    real_check_unloaded();
    bool missed = modules_after_unload();
    struct signals signals;
    if (record_is_on() && signals_block(&signals)) {
        int saved = errno;
        uint32_t before = modules_generation();
        modules_check_unloaded();
        if (modules_generation() != before)
            cpython_check_unloaded();
        if (modules_generation() != before || missed)
            unwind_forget();
        errno = saved;
        signals_restore(&signals);
    }
    return failed;
}

/* GNU programs close stderr in an exit handler, and the name of the last snapshot would have
 * nowhere to go: a handler of ours, registered behind theirs and so run before, keeps a copy until
 * the end. */
#define HANDLERS 16

int __cxa_atexit(void (*function)(void *), void *argument, void *module)
{
    static atomic_int registered;
    int failed = real.__cxa_atexit(function, argument, module);
    if (!failed && record_is_on() && atomic_fetch_add(&registered, 1) < HANDLERS)
        real.__cxa_atexit(init_exit_begins, NULL, NULL);
    return failed;
}

/* Another library may have an _exit of its own, which would have been called. */
void _exit(int status)
{
    init_at_exit(false);
    for (;;)
        real._exit(status);
}

void _Exit(int status)
{
    init_at_exit(false);
    for (;;)
        real._Exit(status);
}
