/* worker.c -- The control process: waits for requests and takes snapshots.
 *
 * It sleeps on two futexes at once: the control page's (other processes) and its own bell (the API,
 * a signal, exit, the program's end). Without a request it does nothing but check RSS when
 * HEAPDIFF_AT_RSS or HEAPDIFF_TIMELINE is set. With HEAPDIFF_THREAD=0 a control process exists only
 * while a snapshot is taken.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/worker.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/host.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/origin.h"
#include "base/sandbox.h"
#include "control/channel.h"
#include "control/credentials.h"
#include "control/leader.h"
#include "control/task.h"
#include "control/timers.h"
#include "kernel/process.h"
#include "options.h"
#include "record/record.h"
#include "runtime/helper.h"
#include "runtime/kind.h"
#include "runtime/runtime.h"

static struct control_page *page;
static _Atomic uint32_t bell;    /* rung when any of the below has changed */
static _Atomic uint32_t ready;   /* futex: the control process serves */
static atomic_bool leaving;      /* asked to end */
static atomic_uint later;        /* bit set of snapshot_reason */
static _Atomic uint32_t changed; /* the thread that has changed its user or groups; 0: none */

struct message {
    struct snapshot_request request;
    struct snapshot_answer answer;
    atomic_bool asked;
    _Atomic uint32_t done; /* futex: rises with every answer */
};
static struct message usual, last; /* last: of the one that ends the process */

static struct lock asking; /* held by a caller of worker_ask */

/* A child made by vfork has our memory, one made by clone a copy of it; neither is the process. */
static bool is_ours(void)
{
    return origin_is_here() && (sandbox_is_closed() || host_pid() == getpid());
}

static void worker_ring(void)
{
    atomic_fetch_add(&bell, 1);
    lock_wake(&bell);
}

static void worker_send(struct message *message, enum snapshot_reason reason, const char *label)
{
    message->request = (struct snapshot_request){.reason = reason};
    strncpy(message->request.label, label ? label : "", sizeof message->request.label - 1);
    atomic_store(&message->asked, true);
    worker_ring();
}

static void worker_report(const struct snapshot_answer *answer)
{
    log_line("%s%s", answer->error ? "" : "wrote ", answer->error ? answer->text : answer->path);
}

static int worker_fail(struct message *message, int error, const char *what)
{
    message->answer = (struct snapshot_answer){.error = error};
    snprintf(message->answer.text, sizeof message->answer.text, "no snapshot: %s: %s", what,
             strerrordesc_np(error));
    return error;
}

/* Waits for the answer; false when it will never come. */
static bool await_answer(struct message *message, uint32_t before)
{
    while (atomic_load(&message->done) == before) {
        if (!origin_is_here() || !task_is_here())
            return false;
        lock_wait(&message->done, before);
    }
    return true;
}

/* With the lock held: sends the message to the control process, or to one that is lent for it. */
static int worker_ask_with(struct message *message, enum snapshot_reason reason, const char *label)
{
    bool lent = !worker_is_here();
    uint32_t before = atomic_load(&message->done);
    int failed = lent ? worker_start() : 0;
    if (failed)
        return worker_fail(message, failed, "no control process can be started");
    worker_send(message, reason, label);
    if (!await_answer(message, before))
        return origin_is_here() ? worker_fail(message, ECHILD, "the control process was killed")
                                : -1;
    if (lent)
        worker_stop();
    return message->answer.error;
}

int worker_ask(enum snapshot_reason reason, const char *label)
{
    if (!is_ours() || !lock_take(&asking))
        return -1;
    int error = worker_ask_with(&usual, reason, label);
    if (error > 0 && options.verbose)
        log_line("%s", usual.answer.text); /* the caller has the number alone */
    lock_give(&asking);
    return error;
}

/* The control process stays. This signal bypasses those who wait for it, because the caller itself
 * may be one of them. */
static void ask_last_of_the_process(void)
{
    uint32_t before = atomic_load(&last.done);
    worker_send(&last, REASON_EXIT, "");
    while (atomic_load(&last.done) == before && task_is_here()) {
        lock_wait(&last.done, before);
        if (snapshot_is_stuck()) {
            snapshot_abandon();
            log_line("no exit snapshot: the process ended inside malloc or fork");
            return;
        }
    }
    if (atomic_load(&last.done) == before)
        log_line("no exit snapshot: the control process was killed");
    else
        worker_report(&last.answer);
}

void worker_ask_last(void)
{
    bool own = atomic_load(&asking.owner) == lock_self();
    if (!is_ours())
        return;
    while (own && task_is_here() && !atomic_load(&ready)) /* lent a moment ago */
        lock_wait(&ready, 0);
    if (worker_is_here() && (own || options.thread)) {
        ask_last_of_the_process();
    } else if (!own && lock_take(&asking)) {
        worker_ask_with(&last, REASON_EXIT, "");
        worker_report(&last.answer);
        lock_give(&asking);
    } else {
        log_line("no exit snapshot: the process ended while another snapshot began");
    }
}

void worker_look_up(void)
{
    int saved = errno;
    atomic_fetch_add(&bell, 1);
    syscall(SYS_futex, &bell, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    errno = saved;
}

static atomic_bool last_is_wanted; /* when the program has ended */

void worker_want_last(void)
{
    atomic_store(&last_is_wanted, true);
}

void worker_ask_later(enum snapshot_reason reason)
{
    int saved = errno;
    atomic_fetch_or(&later, 1u << reason);
    worker_ring();
    errno = saved;
}

/* ---- inside -------------------------------------------------------------------------------------
 */

static void take_and_say(enum snapshot_reason reason, const char *label)
{
    static struct snapshot_request own_request;
    static struct snapshot_answer own_answer;
    own_request = (struct snapshot_request){.reason = reason};
    snprintf(own_request.label, sizeof own_request.label, "%s", label);
    snapshot_take(&own_request, &own_answer);
    if (own_answer.error)
        log_line("%s", own_answer.text);
    else if (options.verbose)
        log_line("wrote %s", own_answer.path);
}

static bool serve_inside(struct message *message)
{
    bool pending = atomic_exchange(&message->asked, false);
    if (pending) {
        snapshot_take(&message->request, &message->answer);
        if (message == &last && sandbox_is_closed())
            worker_report(&last.answer); /* the program's thread may not */
        atomic_fetch_add(&message->done, 1);
        lock_wake(&message->done);
    }
    return pending;
}

/* Linux 5.16; older kernels and libcs may not know the numbers. */
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
struct waiter { /* struct futex_waitv */
    uint64_t value, address;
    uint32_t flags, reserved;
};

/* The words that the control process sleeps on, as last read. */
struct seen {
    uint32_t bell, asked;
};

static struct seen worker_look(void)
{
    return (struct seen){atomic_load(&bell), page ? atomic_load(&page->asked) : 0};
}

#define SANDBOX_LOOK_NS 20000000u

/* Sleeps until the bell rings, or until the deadline (0: none). */
static void wait_for_work(struct seen seen, uint64_t deadline_ns)
{
    struct timespec until = {(time_t)(deadline_ns / 1000000000u),
                             (long)(deadline_ns % 1000000000u)};
    struct timespec *timeout = deadline_ns ? &until : NULL;
    struct waiter waiters[2] = {
        {seen.bell, (uintptr_t)&bell, 2 /* 32 bits */ | 128 /* private */, 0}};
    unsigned count = 1;
    if (page)
        waiters[count++] = (struct waiter){seen.asked, (uintptr_t)&page->asked, 2, 0};
    long result = syscall(SYS_futex_waitv, waiters, count, 0, timeout, CLOCK_MONOTONIC);
    if (result < 0 && errno == ENOSYS) /* before Linux 5.16: a look ten times a second */
        lock_wait(&bell, seen.bell);
}

/* Snapshots that no asker waits for: they may wait a little for the runtimes' numbers. */
static unsigned due; /* bit set of snapshot_reason */
static char pressure_label[32];

/* Takes a snapshot that is due, if allowed now; true if it did. */
static bool serve_due(void)
{
    due |= atomic_exchange(&later, 0) | timers_look(pressure_label, sizeof pressure_label);
    unsigned reasons = due;
    if (!reasons || (options.thread && !runtime_settled(RUNTIME_FOR_OURSELVES, false)))
        return false;
    due = 0;
    for (unsigned reason = 0; reason < REASON_COUNT; reason++)
        if (reasons & 1u << reason)
            take_and_say((enum snapshot_reason)reason,
                         reason == REASON_PRESSURE ? pressure_label : "");
    runtime_over(RUNTIME_FOR_OURSELVES);
    if (reasons & 1u << REASON_INTERVAL)
        timers_rearm();
    return true;
}

/* Under a seccomp filter the program's threads cannot wake us (sandbox.h). */
static uint64_t sandbox_deadline(void)
{
    return sandbox_is_closed() ? clock_now() + SANDBOX_LOOK_NS : 0;
}

/* The earlier of two times, 0 being never. */
static uint64_t worker_earlier(uint64_t one, uint64_t other)
{
    return other && (!one || other < one) ? other : one;
}

static uint64_t next_deadline(void)
{
    uint64_t timers = worker_earlier(timers_deadline(), runtime_deadline());
    return worker_earlier(timers, worker_earlier(leader_deadline(), sandbox_deadline()));
}

static void follow_credentials(void)
{
    uint32_t thread = atomic_load(&changed);
    uid_t user;
    gid_t group;
    if (!thread)
        return;
    bool known = credentials_read((pid_t)thread, &user, &group);
    if (known)
        channel_give_to(user, group); /* while we may */
    leader_rest();
    bool follows = known && credentials_follow();
    leader_go_on();
    if (!follows)
        atomic_store(&leaving, true); /* rather no snapshots than more rights than the program */
    atomic_store(&changed, 0);
    lock_wake(&changed);
}

/* Serves requests until it is asked to end. */
static void worker_serve(void)
{
    for (;;) {
        struct seen seen = worker_look(); /* first: a later change ends the sleep at once */
        if (!leader_program_is_here())
            break;
        follow_credentials();
        bool served = serve_inside(&usual);
        served = serve_inside(&last) || served;
        served = (page && channel_serve(page)) || served;
        served = serve_due() || served;
        channel_count(page);
        if (atomic_exchange(&leaving, false))
            return;
        if (!served)
            wait_for_work(seen, next_deadline());
    }
    if (!serve_inside(&last) && atomic_load(&last_is_wanted))
        take_and_say(REASON_EXIT, ""); /* of a program that could not ask */
}

static void worker_work(void)
{
    record_own_thread();
    leader_watch(worker_look_up);
    if (!page && options.thread)
        page = channel_open();
    if (!page && options.thread && options.verbose)
        log_line("cannot create a control page: heapdiff snapshot will not find this process");
    atomic_store(&ready, 1);
    lock_wake(&ready);
    channel_sweep();
    timers_begin();
    worker_serve();
    channel_sweep(); /* of children whose control process died with their memory */
    channel_close();
}

static void worker_fault(void)
{
    snapshot_abandon();
    channel_close();
}

/* ---- its start and end --------------------------------------------------------------------------
 */

void worker_forked(void)
{
    asking = (struct lock){0};
    atomic_store(&usual.asked, false);
    atomic_store(&last.asked, false);
    atomic_store(&later, 0);
    atomic_store(&ready, 0);
    atomic_store(&leaving, false);
    atomic_store(&changed, 0);
    page = NULL;
    timers_forked();
    due = 0;
    task_forked();
    runtime_forked();
}

int worker_start(void)
{
    if (sandbox_is_closed())
        return EPERM;
    if (task_is_here())
        worker_stop();
    atomic_store(&ready, 0);
    atomic_store(&leaving, false);
    page = NULL; /* of an earlier control process, which has removed it */
    runtime_init(worker_ring);
    int failed = task_start(worker_work, worker_fault);
    while (!failed && !atomic_load(&ready)) {
        if (!task_is_here())
            return ECHILD;
        lock_wait(&ready, 0);
    }
    return failed;
}

void worker_stop(void)
{
    atomic_store(&leaving, true);
    worker_ring();
    task_await();
    atomic_store(&ready, 0);
}

bool worker_is_here(void)
{
    return is_ours() && atomic_load(&ready) && task_is_here();
}

void worker_end(void)
{
    if (worker_is_here() && !sandbox_is_closed())
        worker_stop();
}

void worker_follow(void)
{
    if (!worker_is_here() || sandbox_is_closed() || !lock_take(&asking))
        return;
    uint32_t self = (uint32_t)syscall(SYS_gettid);
    atomic_store(&changed, self);
    worker_ring();
    while (atomic_load(&changed) == self && task_is_here())
        lock_wait(&changed, self);
    lock_give(&asking);
}

bool worker_step_aside(void)
{
    if (!worker_is_here() || sandbox_is_closed())
        return false;
    worker_stop();
    return true;
}

void worker_before_change(void)
{
    if (helper_is_here() && kind_is_python() && is_ours())
        helper_stop();
}
