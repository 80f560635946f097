/* leader.c -- Does the program still use the memory that the control process shares?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/leader.h"

#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/host.h"
#include "control/task.h"

/* Checks whether the program still exists, where the word cannot say so and in case a wake was
 * missed: a joiner with a real-time priority is woken before us. */
#define LOOK_NS 1000000000u
#define SOON_NS 20000000u /* the main thread has left: other threads are only seen by a check */

static _Atomic uint32_t *leader;
static void (*wake)(void);
static atomic_bool has_left; /* the main thread, or the whole program */
static atomic_bool rests;
static bool is_watched, is_leaderless;
static uint64_t next_look;

uint64_t leader_deadline(void)
{
    return next_look;
}

/* A thread that waits for the main thread reads the word, and sleeps again if nothing has changed.
 */
static void pass_on(void)
{
    syscall(SYS_futex, leader, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* ---- the second thread --------------------------------------------------------------------------
 *
 * It sleeps on the word from the beginning and without end. So it is the first in the queue of
 * sleepers, of which the kernel wakes one. The others may be in pthread_join for the main thread.
 * It falls asleep on a word of ours, and the kernel moves it from there: only the kernel knows when
 * a thread sleeps, and a look into /proc would cost more than all the rest of our start. */

#define TURNS 10000

static _Atomic uint32_t arrived; /* futex: 1 when the second thread is about to sleep */
static _Atomic uint32_t hall;    /* where it falls asleep while this is 0 */

static int leader_second_body(void *nothing)
{
    (void)nothing;
    uint32_t seen;
    atomic_store(&arrived, 1);
    syscall(SYS_futex, &arrived, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    syscall(SYS_futex, &hall, FUTEX_WAIT, 0, NULL, NULL, 0);
    while ((seen = atomic_load(leader)) != 0 && !atomic_load(&rests))
        syscall(SYS_futex, leader, FUTEX_WAIT, seen, NULL, NULL, 0);
    if (seen != 0)
        return 0;
    pass_on();
    atomic_store(&has_left, true);
    wake();
    return 0;
}

/* Moves the second thread, when it sleeps, to the word. */
static void leader_move_second(void)
{
    while (!atomic_load(&arrived))
        syscall(SYS_futex, &arrived, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    for (int turn = 0; turn < TURNS; turn++) {
        if (syscall(SYS_futex, &hall, FUTEX_REQUEUE, 0, 1L, leader, 0) == 1) {
            if (atomic_load(leader) == 0)
                pass_on(); /* the kernel's wake came before the move */
            return;
        }
        sched_yield();
    }
    atomic_store(&hall, 1); /* it goes to the word by itself, behind those who are there */
    syscall(SYS_futex, &hall, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static bool leader_start_second(void)
{
    atomic_store(&arrived, 0);
    atomic_store(&hall, 0);
    bool started = task_start_second(leader_second_body);
    if (started)
        leader_move_second();
    return started;
}

void leader_rest(void)
{
    atomic_store(&rests, true);
    while (is_watched && task_second_is_here()) {
        pass_on();
        sched_yield();
    }
}

void leader_go_on(void)
{
    atomic_store(&rests, false);
    is_watched = is_watched && leader_start_second();
}

void leader_watch(void (*wake_up)(void))
{
    wake = wake_up;
    leader = task_leader();
    if (leader && (atomic_load(leader) & FUTEX_TID_MASK) != (uint32_t)host_pid())
        leader = NULL; /* not the word that we took it for */
    atomic_store(&has_left, false);
    is_leaderless = false;
    is_watched = leader && leader_start_second();
    next_look = clock_now() + LOOK_NS;
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
    bool left = atomic_exchange(&has_left, false);
    if (!left && clock_now() < next_look && getppid() == host_pid())
        return true;
    bool was_watched = is_watched;
    is_watched = is_watched && !left;
    enum host_state state = settled_state();
    /* Where the main thread was watched, one that runs after it has left is another program's. */
    is_leaderless = is_leaderless || state == HOST_LEADERLESS;
    next_look = clock_now() + (is_leaderless && !is_watched ? SOON_NS : LOOK_NS);
    return state == HOST_LEADERLESS ||
           (state == HOST_RUNS && !is_leaderless && (is_watched || !was_watched));
}
