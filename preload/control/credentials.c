/* credentials.c -- The control process takes over the program's user, groups and user namespace.
 *
 * By system calls alone: libc's functions would change all of the program's threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/credentials.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"

#define GROUPS_MOST 1024

struct credentials {
    unsigned user[4], group[4]; /* real, effective, saved, for files */
    gid_t groups[GROUPS_MOST];
    unsigned group_count;
    bool is_cut; /* it has more groups than that */
    uint64_t inheritable, permitted, effective, bounding;
    bool no_new_privileges;
};

static struct credentials wanted, own; /* too much for a stack */
static char program[32];               /* "task/TID" */

static const char *value_of(const char *text, const char *name)
{
    const char *line = strstr(text, name);
    return line ? line + strlen(name) : "";
}

static uint64_t set_of(const char *text, const char *name)
{
    return strtoull(value_of(text, name), NULL, 16);
}

static void read_groups(struct credentials *credentials, const char *text)
{
    const char *at = value_of(text, "\nGroups:");
    char *end;
    credentials->group_count = 0;
    for (at += strspn(at, "\t "); *at >= '0' && *at <= '9'; at = end + strspn(end, " ")) {
        unsigned long group = strtoul(at, &end, 10);
        credentials->is_cut = credentials->group_count == GROUPS_MOST;
        if (credentials->is_cut)
            return;
        credentials->groups[credentials->group_count++] = (gid_t)group;
    }
}

static bool read_ids(const char *text, const char *name, unsigned ids[4])
{
    return sscanf(value_of(text, name), "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) == 4;
}

/* The rows of /proc/PID/status (proc(5)). */
static bool read_status(const char *path, struct credentials *credentials)
{
    static char text[32768];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = 1;
    while (fd >= 0 && got > 0 && length < sizeof text - 1) {
        got = read(fd, text + length, sizeof text - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        close(fd);
    text[length] = '\0';
    *credentials = (struct credentials){.inheritable = set_of(text, "\nCapInh:"),
                                        .permitted = set_of(text, "\nCapPrm:"),
                                        .effective = set_of(text, "\nCapEff:"),
                                        .bounding = set_of(text, "\nCapBnd:")};
    credentials->no_new_privileges = strtoul(value_of(text, "\nNoNewPrivs:"), NULL, 10) == 1;
    read_groups(credentials, text);
    return read_ids(text, "\nUid:", credentials->user) &&
           read_ids(text, "\nGid:", credentials->group);
}

static void set_capabilities(const struct credentials *to)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)to->effective, (uint32_t)to->permitted, (uint32_t)to->inheritable},
        {(uint32_t)(to->effective >> 32), (uint32_t)(to->permitted >> 32),
         (uint32_t)(to->inheritable >> 32)}};
    syscall(SYS_capset, &header, data);
}

/* Capabilities last: the user cannot be changed without them, and a change of user drops them
 * unless they are kept. */
static void credentials_become(const struct credentials *to)
{
    for (int capability = 0; capability < 64; capability++)
        if (own.bounding & ~to->bounding & (uint64_t)1 << capability)
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (!to->is_cut)
        syscall(SYS_setgroups, (size_t)to->group_count, to->groups);
    syscall(SYS_setresgid, to->group[0], to->group[1], to->group[2]);
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    syscall(SYS_setresuid, to->user[0], to->user[1], to->user[2]);
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    set_capabilities(to);
    if (to->no_new_privileges)
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static bool has_group(const struct credentials *credentials, gid_t group)
{
    for (unsigned i = 0; i < credentials->group_count; i++)
        if (credentials->groups[i] == group)
            return true;
    return false;
}

/* The rights that WANTED lacks. */
static bool has_more(void)
{
    for (unsigned i = 0; i < own.group_count; i++)
        if (!wanted.is_cut && !has_group(&wanted, own.groups[i]))
            return true;
    return memcmp(own.user, wanted.user, 3 * sizeof *own.user) != 0 ||
           memcmp(own.group, wanted.group, 3 * sizeof *own.group) != 0 ||
           (own.permitted & ~wanted.permitted) != 0;
}

/* Enters the program's user namespace, if that is another one. */
static bool enter_user_namespace(void)
{
    char path[HOST_PATH_SIZE], member[64];
    struct stat theirs, ours;
    snprintf(member, sizeof member, "%s/ns/user", program);
    host_path(path, member);
    if (stat(path, &theirs) != 0 || stat("/proc/self/ns/user", &ours) != 0 ||
        theirs.st_ino == ours.st_ino)
        return true;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool entered = fd >= 0 && syscall(SYS_setns, fd, CLONE_NEWUSER) == 0;
    if (fd >= 0)
        close(fd);
    return entered;
}

/* Numbers of users are those of the reader's namespace: after a change of it both are read anew. */
static bool read_both(void)
{
    char path[HOST_PATH_SIZE], member[64];
    snprintf(member, sizeof member, "%s/status", program);
    host_path(path, member);
    return read_status(path, &wanted) && read_status("/proc/self/status", &own);
}

bool credentials_read(pid_t thread, uid_t *user, gid_t *group)
{
    snprintf(program, sizeof program, "task/%d", (int)thread);
    if (!read_both())
        return false;
    *user = wanted.user[2];
    *group = wanted.group[2];
    return true;
}

/* Not the mount namespace: there may be no /proc in it that knows us. A snapshot is written where
 * it was written before. */
bool credentials_follow(void)
{
    if (!enter_user_namespace() || !read_both())
        return false;
    if (has_more())
        credentials_become(&wanted);
    return read_both() && !has_more();
}
