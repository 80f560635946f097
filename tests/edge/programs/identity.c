/* identity.c -- Changes its user and groups, then makes a file: who owns it?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <grp.h>

static void *in_thread(void *unused)
{
    printf("thread is %d %d\n", geteuid(), getegid());
    return unused;
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "setuid";
    churn(100);
    must(chmod(".", 0777) == 0);
    if (is(way, "setgroups"))
        must(setgroups(2, (gid_t[]){7, 8}) == 0);
    if (is(way, "initgroups"))
        must(initgroups("daemon", 1) == 0);
    if (is(way, "setgid") || is(way, "both"))
        must(setgid(65534) == 0);
    if (is(way, "setuid") || is(way, "both"))
        must(setuid(65534) == 0);
    if (is(way, "seteuid") || is(way, "back"))
        must(seteuid(65534) == 0);
    if (is(way, "back"))
        must(seteuid(0) == 0);
    if (is(way, "setfsuid"))
        syscall(SYS_setfsuid, 65534);
    churn(100);
    int file = open("made", O_CREAT | O_WRONLY, 0644);
    struct stat what;
    must(file >= 0 && fstat(file, &what) == 0);
    printf("file of %d %d, %d groups\n", what.st_uid, what.st_gid, getgroups(0, NULL));
    fflush(stdout);
    must(pthread_join(started(in_thread, NULL), NULL) == 0);
    return 0;
}
