/* leader.c -- Does the program still use the memory that the control process shares?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/leader.h"

#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/host.h"
#include "control/task.h"

/* Looks at whether the program is still there, when no futex tells and in case one was missed. */
#define LOOK_NS   1000000000u
#define RARELY_NS 60000000000u

static _Atomic uint32_t *leader;
static bool leader_was_known;
static uint64_t next_look;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

_Atomic uint32_t *leader_word(void)
{
    return leader;
}

uint64_t leader_deadline(void)
{
    return next_look;
}

/* Whoever waits for the main thread (pthread_join) sleeps on the same word, and the kernel wakes
 * one. */
static void pass_on(void)
{
    syscall(SYS_futex, leader, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void leader_watch(void)
{
    leader = task_leader();
    if (leader && (atomic_load(leader) & FUTEX_TID_MASK) != (uint32_t)host_pid())
        leader = NULL; /* not the word that we took it for */
    leader_was_known = leader != NULL;
    next_look = now() + (leader ? RARELY_NS : LOOK_NS);
}

/* The state once the main thread, if it is on its way out, has ended. */
static enum host_state settled_state(void)
{
    const struct timespec moment = {0, 500000};
    bool ends;
    enum host_state state;
    while ((state = host_look(&ends)) == HOST_RUNS && ends)
        clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    return state;
}

bool leader_program_is_here(void)
{
    if (leader && atomic_load(leader) == 0) {
        pass_on();
        leader = NULL;
    } else if (now() < next_look) {
        return true;
    }
    next_look = now() + (leader ? RARELY_NS : LOOK_NS);
    enum host_state state = settled_state();
    return state == HOST_LEADERLESS || (state == HOST_RUNS && (leader || !leader_was_known));
}
