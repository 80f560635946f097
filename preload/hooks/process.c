/* process.c -- What ends a process or unloads a module.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"
#include "record/record.h"
#include "tables/modules.h"
#include "unwind/unwind.h"

int dlclose(void *handle)
{
    int failed = real.dlclose(handle);
    if (record_is_on()) {
        int saved = errno;
        uint32_t before = modules_generation();
        modules_check_unloaded();
        if (modules_generation() != before)
            unwind_forget();
        errno = saved;
    }
    return failed;
}

static _Noreturn void leave(int status)
{
    init_at_exit();
    for (;;)
        syscall(SYS_exit_group, status);
}

void _exit(int status)
{
    leave(status);
}

void _Exit(int status)
{
    leave(status);
}
