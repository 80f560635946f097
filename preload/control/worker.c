/* worker.c -- The one thread of ours: takes snapshots, for whoever asks.
 *
 * It sleeps on two futexes at once: the control page's (askers outside) and its own bell (the API,
 * a signal, exit). Nothing runs while nobody asks, but for a look at RSS when HEAPDIFF_AT_RSS is
 * set. It can step aside: for calls that the kernel refuses to a process of several threads, and,
 * with HEAPDIFF_THREAD=0, whenever no snapshot is being taken.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/worker.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/log.h"
#include "base/memory.h"
#include "control/apart.h"
#include "control/page.h"
#include "control/pressure.h"
#include "options.h"
#include "record/record.h"
#include "runtime/errand.h"
#include "runtime/runtime.h"
#include "snapshot/process.h"
#include "unwind/unwind.h"

#define STACK_SIZE (1u << 20)

static struct control_page *page;
static void *stack;            /* the thread's, kept for the next one */
static pid_t owner, thread;    /* whose worker this is; the thread's id */
static _Atomic uint32_t bell;  /* rung when any of the below has changed */
static _Atomic uint32_t ready; /* futex: the thread runs */
static atomic_bool leaving;    /* it is to end */
static atomic_uint later;      /* bit set of snapshot_reason */

struct message {
    struct snapshot_request request;
    struct snapshot_answer answer;
    atomic_bool asked;
    _Atomic uint32_t done; /* futex: rises with every answer */
};
static struct message usual, last; /* last: of the one that ends the process */

/* Held by a caller of worker_ask, whose thread asker is. */
static struct lock asking;
static _Atomic pid_t asker;

/* A child made by vfork has our memory, one made by clone a copy of it; neither has our thread. */
static bool is_ours(void)
{
    return origin_is_here() && owner == getpid();
}

static void ring(void)
{
    atomic_fetch_add(&bell, 1);
    syscall(SYS_futex, &bell, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void send(struct message *message, enum snapshot_reason reason, const char *label)
{
    message->request = (struct snapshot_request){.reason = reason};
    strncpy(message->request.label, label ? label : "", sizeof message->request.label - 1);
    atomic_store(&message->asked, true);
    ring();
}

static void report(const struct snapshot_answer *answer)
{
    log_line("%s%s", answer->error ? "" : "wrote ", answer->error ? answer->text : answer->path);
}

/* With the lock held: sends the message to the thread, or to one that is lent for it. */
static int ask(struct message *message, enum snapshot_reason reason, const char *label)
{
    bool lent = !atomic_load(&ready);
    uint32_t before = atomic_load(&message->done);
    int failed = lent ? worker_start() : 0;
    if (failed) {
        message->answer = (struct snapshot_answer){.error = failed};
        snprintf(message->answer.text, sizeof message->answer.text,
                 "no snapshot: no thread can be started: %s", strerrordesc_np(failed));
        return failed;
    }
    send(message, reason, label);
    while (atomic_load(&message->done) == before) {
        if (!origin_is_here())
            return -1;
        lock_wait(&message->done, before);
    }
    if (lent)
        worker_stop();
    return message->answer.error;
}

int worker_ask(enum snapshot_reason reason, const char *label)
{
    if (!is_ours() || !lock_take(&asking))
        return -1;
    atomic_store(&asker, (pid_t)syscall(SYS_gettid));
    int error = ask(&usual, reason, label);
    if (error > 0 && options.verbose)
        log_line("%s", usual.answer.text); /* the caller has the number alone */
    atomic_store(&asker, 0);
    lock_give(&asking);
    return error;
}

/* The thread is here, and stays: it is told past those who wait for it, one of whom may be the
 * caller itself. */
static void ask_last_of_the_thread(void)
{
    const struct timespec slice = {0, 50000000};
    uint32_t before = atomic_load(&last.done);
    send(&last, REASON_EXIT, "");
    while (atomic_load(&last.done) == before) {
        syscall(SYS_futex, &last.done, FUTEX_WAIT_PRIVATE, before, &slice, NULL, 0);
        if (snapshot_is_stuck()) {
            snapshot_abandon();
            log_line("no last snapshot: the process was ended inside of malloc or fork");
            return;
        }
    }
    report(&last.answer);
}

void worker_ask_last(void)
{
    bool own = atomic_load(&asker) == (pid_t)syscall(SYS_gettid);
    if (!is_ours())
        return;
    if (atomic_load(&ready) && (own || options.thread)) {
        ask_last_of_the_thread();
    } else if (!own && lock_settles(&asking)) {
        lock_hold(&asking);
        ask(&last, REASON_EXIT, "");
        report(&last.answer);
        lock_give(&asking);
    } else {
        log_line("no last snapshot: the process was ended while another one began");
    }
}

void worker_ask_later(enum snapshot_reason reason)
{
    int saved = errno;
    atomic_fetch_or(&later, 1u << reason);
    ring();
    errno = saved;
}

/* ---- the thread
 * ---------------------------------------------------------------------------------- */

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
        atomic_fetch_add(&message->done, 1);
        syscall(SYS_futex, &message->done, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
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

/* Sleeps until somebody rings, or until the deadline (0: none). */
static void wait_for_work(uint32_t bell_seen, uint32_t asked_seen, uint64_t deadline_ns)
{
    struct timespec until = {(time_t)(deadline_ns / 1000000000u),
                             (long)(deadline_ns % 1000000000u)};
    struct timespec *timeout = deadline_ns ? &until : NULL;
    struct waiter waiters[2] = {
        {bell_seen, (uintptr_t)&bell, 2 /* 32 bits */ | 128 /* private */, 0},
        {asked_seen, page ? (uintptr_t)&page->asked : 0, 2, 0}};
    long result = syscall(SYS_futex_waitv, waiters, page ? 2 : 1, 0, timeout, CLOCK_MONOTONIC);
    if (result < 0 && errno == ENOSYS) { /* an old kernel: look at the page ten times a second */
        struct timespec slice = {0, 100000000};
        syscall(SYS_futex, &bell, FUTEX_WAIT_PRIVATE, bell_seen, &slice, NULL, 0);
    }
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* When the next snapshot or look is due by the clock; 0: never. */
static uint64_t interval_at, look_at;
static struct pressure pressure;

static void begin_timers(void)
{
    uint64_t start = now();
    if (options.interval > 0 && !interval_at)
        interval_at = start + (uint64_t)(options.interval * 1e9);
    if (options.at_rss_count > 0 && !look_at)
        look_at = start;
}

/* Snapshots that nobody waits for: they may wait a little for the runtimes' numbers. */
static unsigned due; /* bit set of snapshot_reason */
static char pressure_label[32];

static void look_at_clock(void)
{
    uint64_t wait, time = interval_at || look_at ? now() : 0;
    if (interval_at && time >= interval_at) {
        due |= 1u << REASON_INTERVAL;
        interval_at = 0;
    }
    if (look_at && time >= look_at) {
        const char *passed = pressure_look(&pressure, time, &wait);
        if (passed) {
            due |= 1u << REASON_PRESSURE;
            snprintf(pressure_label, sizeof pressure_label, "rss-%s", passed);
        }
        look_at = now() + wait;
    }
}

/* Takes what is due, when it may; whether that was a snapshot. */
static bool serve_due(void)
{
    due |= atomic_exchange(&later, 0);
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
        interval_at = now() + (uint64_t)(options.interval * 1e9);
    return true;
}

/* The earlier of two times, 0 being never. */
static uint64_t earlier(uint64_t one, uint64_t other)
{
    return other && (!one || other < one) ? other : one;
}

static uint64_t next_deadline(void)
{
    return earlier(earlier(interval_at, look_at), runtime_deadline());
}

/* Serves until it is to leave. */
static void serve(void)
{
    for (;;) {
        uint32_t bell_seen = atomic_load(&bell);
        uint32_t asked_seen = page ? atomic_load(&page->asked) : 0;
        bool served = serve_inside(&usual);
        served = serve_inside(&last) || served;
        served = (page && page_serve(page)) || served;
        look_at_clock();
        served = serve_due() || served;
        page_count(page);
        if (atomic_exchange(&leaving, false))
            return;
        if (!served)
            wait_for_work(bell_seen, asked_seen, next_deadline());
    }
}

static void *run(void *nothing)
{
    (void)nothing;
    record_own_thread();
    apart_begin();
    pthread_setname_np(pthread_self(), "heapdiff");
    unwind_init_thread(stack, STACK_SIZE);
    thread = (pid_t)syscall(SYS_gettid);
    if (!page && options.thread) /* here, where a limit of file sizes raises no signal */
        page = page_open();
    if (!page && options.thread && options.verbose)
        log_line("no control page could be made: heapdiff snapshot will not find this process");
    atomic_store(&ready, 1);
    syscall(SYS_futex, &ready, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    page_sweep();
    begin_timers();
    serve();
    return NULL;
}

/* ---- its birth and end --------------------------------------------------------------------------
 */

void worker_forked(void)
{
    atomic_store(&asking.state, 0);
    atomic_store(&asker, 0);
    atomic_store(&usual.asked, false);
    atomic_store(&last.asked, false);
    atomic_store(&later, 0);
    atomic_store(&ready, 0);
    atomic_store(&leaving, false);
    owner = 0;
    stack = NULL; /* of a thread that is not here: its memory stays as it is */
    page = NULL;
    interval_at = look_at = 0;
    pressure = (struct pressure){0};
    due = 0;
    runtime_forked();
}

int worker_start(void)
{
    /* A stack of our own: glibc would take one from its cache, or leave one there. */
    pthread_attr_t attributes;
    pthread_t id;
    sigset_t all, before;
    if (!stack && !(stack = memory_map(STACK_SIZE)))
        return ENOMEM;
    owner = getpid();
    runtime_init(ring);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&id, &attributes, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failed) { /* the page is of an earlier thread: nobody answers there any more */
        page_close();
        page_leave();
        page = NULL;
        return failed;
    }
    while (!atomic_load(&ready))
        syscall(SYS_futex, &ready, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    return 0;
}

void worker_stop(void)
{
    atomic_store(&leaving, true);
    ring();
    while (syscall(SYS_tgkill, owner, thread, 0) == 0) /* until the kernel counts one thread less */
        sched_yield();
    atomic_store(&ready, 0);
}

bool worker_is_here(void)
{
    return is_ours() && atomic_load(&ready);
}

bool worker_step_aside(void)
{
    if (!worker_is_here() || syscall(SYS_gettid) == thread || process_threads() > 1)
        return false;
    worker_stop();
    errand_stop();
    return true;
}
