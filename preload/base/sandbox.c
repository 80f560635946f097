/* sandbox.c -- Has the program installed a seccomp filter?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/sandbox.h"

#include <sched.h>

#include "base/lock.h"

#define TURNS 100000 /* some tens of milliseconds */

atomic_uint sandbox_closed;
static atomic_uint inside;

bool sandbox_enter(void)
{
    if (lock_is_other())
        return true;
    atomic_fetch_add(&inside, 1);
    if (!sandbox_is_closed())
        return true;
    atomic_fetch_sub(&inside, 1);
    return false;
}

void sandbox_leave(void)
{
    if (!lock_is_other())
        atomic_fetch_sub(&inside, 1);
}

void sandbox_close(void)
{
    if (atomic_fetch_add(&sandbox_closed, 1) > 0)
        return;
    for (int turn = 0; turn < TURNS && atomic_load(&inside) > 0; turn++)
        sched_yield();
}
