/* childless.c -- A program without children asks for them in every way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <sys/times.h>

static void say(const char *way, long result)
{
    printf("%s: %s\n", way, result < 0 ? strerrorname_np(errno) : "somebody");
}

int main(int count, char **arguments)
{
    siginfo_t what;
    struct rusage used;
    struct tms times_used;
    if (count > 1)
        must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    churn(1000);
    bool all = is(arguments[1], "all");
    if (all) {
        say("__WALL", waitpid(-1, NULL, __WALL | WNOHANG));
        say("__WCLONE", waitpid(-1, NULL, __WCLONE | WNOHANG));
        say("waitid __WALL", waitid(P_ALL, 0, &what, WEXITED | WNOHANG | __WALL));
    }
    say("wait", wait(NULL));
    say("waitpid 0", waitpid(0, NULL, WNOHANG));
    say("waitid", waitid(P_ALL, 0, &what, WEXITED | WNOHANG));
    must(getrusage(RUSAGE_CHILDREN, &used) == 0 && times(&times_used) >= 0);
    printf("children used %ld kB, %ld faults, %ld ticks\n", used.ru_maxrss, used.ru_minflt,
           (long)(times_used.tms_cutime + times_used.tms_cstime));
    if (count > 1 && is(arguments[1], "children")) {
        FILE *file = fopen("/proc/thread-self/children", "r");
        must(file);
        printf("children: %s\n", fgetc(file) == EOF ? "none" : "some");
        fclose(file);
    }
    return 0;
}
