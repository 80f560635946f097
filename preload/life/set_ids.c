/* set_ids.c -- Hooks of calls that change the program's user, groups or capabilities.
 *
 * The control process shares the program's memory, so it must not keep rights that the program has
 * given up: it changes with the program, before the call returns. Our own thread in Python, which
 * glibc would change too, ends first: it may lack the rights for the change.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <sys/types.h>

#include "control/worker.h"
#include "record/record.h"

#define CHANGE(call)                                                                               \
    if (record_is_on())                                                                            \
        worker_before_change();                                                                    \
    int failed = call, saved = errno;                                                              \
    if (!failed && record_is_on())                                                                 \
        worker_follow();                                                                           \
    errno = saved;                                                                                 \
    return failed;

int setuid(uid_t user)
{
    CHANGE(real.setuid(user))
}

int setgid(gid_t group)
{
    CHANGE(real.setgid(group))
}

int seteuid(uid_t user)
{
    CHANGE(real.seteuid(user))
}

int setegid(gid_t group)
{
    CHANGE(real.setegid(group))
}

int setreuid(uid_t real_user, uid_t effective)
{
    CHANGE(real.setreuid(real_user, effective))
}

int setregid(gid_t real_group, gid_t effective)
{
    CHANGE(real.setregid(real_group, effective))
}

int setresuid(uid_t real_user, uid_t effective, uid_t saved_user)
{
    CHANGE(real.setresuid(real_user, effective, saved_user))
}

int setresgid(gid_t real_group, gid_t effective, gid_t saved_group)
{
    CHANGE(real.setresgid(real_group, effective, saved_group))
}

int setgroups(size_t count, const gid_t *groups)
{
    CHANGE(real.setgroups(count, groups))
}

int initgroups(const char *user, gid_t group)
{
    CHANGE(real.initgroups(user, group))
}

int capset(void *header, const void *data)
{
    CHANGE(real.capset(header, data))
}
