/* measure.c -- The whole job: start, steady state, load, snapshots, comparison.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/measure.h"

#include "run/moments.h"
#include "run/port.h"
#include "run/work.h"

#include <glob.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define POLL_MS      50    /* how often the processes and the port are looked at */
#define SPEAK_MS     3000  /* waiting for longer is said */
#define READY_MS     60000 /* how long a server may take to start */
#define RECORD_MS    5000  /* how long a server that listens may take to be recorded */
#define LOOK_MS      1000  /* between two looks at memory and connections under load */
#define EXTRA_MS     10000 /* the most by which a warm-up is prolonged */
#define END_MS       5000  /* between SIGTERM and SIGKILL */
#define LONG_MS      10000 /* a load that takes longer runs once */
#define PLENTY_BYTES ((int64_t)256 << 20) /* of growth: a short load need not run again */
#define LOAD_REFUSED 126                  /* and 127: the shell could not run it */

/* ---- the start ----------------------------------------------------------------------------------
 */

static void say_waiting(const struct work *work, int64_t waited)
{
    struct text ports = {0};
    serving_ports(&work->tree, &ports);
    if (work->plan->port)
        work_say("waiting for port %d (%.0f s so far); %s%s", work->plan->port,
                 (double)waited / 1000,
                 ports.length ? "the program listens on " : "the program listens on no port yet",
                 ports.length ? ports.bytes : "");
    else
        work_say("waiting for %s to answer (%.0f s so far)", work->plan->program[0],
                 (double)waited / 1000);
    text_done(&ports);
}

/* What was started cannot be measured: that is no answer about memory, but one to be given. */
static bool refuse(struct work *work, enum serving_state state)
{
    int port = work->plan->port;
    struct text words = {0};
    serving_describe(&work->tree, work->serving.owner, work->root, &words);
    if (state == SERVING_FOREIGN)
        error_set(work->error, WORK_FOREIGN_HINT,
                  "not measurable: port %d is open, but no process that this run started has it",
                  port);
    else
        error_set(work->error, "is it statically linked, setuid, or of another C library?",
                  "not measurable: the process that has port %d cannot be recorded: %s", port,
                  words.bytes);
    work->error->code = EXIT_NOT_MEASURABLE;
    text_done(&words);
    return false;
}

static bool give_up(struct work *work)
{
    struct text ports = {0}, words = {0};
    int port = work->plan->port;
    serving_ports(&work->tree, &ports);
    text_format(&words, "the program listens on %s: --on-port takes one of them", ports.bytes);
    if (port)
        error_set(work->error,
                  ports.length ? words.bytes : "does the program need longer, or another port?",
                  "port %d did not open within %d s", port, READY_MS / 1000);
    else
        error_set(work->error, "is it statically linked, or a script of another program?",
                  "%s does not answer as a recorded program", work->plan->program[0]);
    text_done(&ports);
    text_done(&words);
    return false;
}

static bool wait_ready(struct work *work)
{
    int64_t start = work_now_ms(), speak = start + SPEAK_MS, opened = 0;
    enum serving_state state;
    while ((state = work_look(work)) != SERVING_FOUND) {
        int64_t now = work_now_ms();
        opened = state == SERVING_NOT_YET ? 0 : opened ? opened : now;
        if (opened && now - opened > RECORD_MS)
            return refuse(work, state);
        if (now - start > READY_MS)
            return give_up(work);
        if (now >= speak) {
            say_waiting(work, now - start);
            speak = now + 2 * (now - start);
        }
        if (work_wait(work, POLL_MS) == WORK_BROKEN)
            return false;
    }
    if (work->plan->port)
        work_say("port %d is open after %.1f s", work->plan->port,
                 (double)(work_now_ms() - start) / 1000);
    return true;
}

/* ---- the load -----------------------------------------------------------------------------------
 */

/* The load has ended by itself; a load that could not be run has loaded nothing. */
static bool end_load(struct work *work)
{
    int status = child_reap(&work->load);
    if (status == LOAD_REFUSED || status == LOAD_REFUSED + 1)
        return error_set(work->error, NULL, "the load command could not be run: %s",
                         work->plan->load);
    work->result->load_status = status;
    if (status != 0)
        work_say("the load command ended with status %d", status);
    return true;
}

static bool start_load(struct work *work)
{
    char *const shell[] = {"sh", "-c", (char *)work->plan->load, NULL};
    if (!work->plan->load)
        return true;
    setenv(OPERATIONS_VARIABLE, work->operations.path, 1);
    bool good = child_start(&work->load, shell, NULL, work->error);
    unsetenv(OPERATIONS_VARIABLE);
    return good;
}

static void look_at_connections(struct work *work)
{
    if (work->plan->port && work->serving.pids.count) {
        connections_look(&work->connections, work->serving.pids.items[0], work->plan->port);
        work->result->connections = work->connections.count;
    }
}

/* One run of the load, and what is to be done meanwhile. */
struct pass {
    int64_t began, ends; /* ends: WORK_FOREVER: when the load does */
    struct moments moments;
    struct steady *steady; /* NULL: not looked at */
};

static bool at_intervals(struct work *work, struct pass *pass)
{
    if (pass->steady) {
        work_look(work);
        steady_add(pass->steady, work_now_ms(), work_resident(work));
    } else {
        look_at_connections(work);
    }
    return true;
}

/* When something is to be done again: the next moment, look or end. */
static int64_t next_event(const struct pass *pass, int64_t look)
{
    int64_t next = look, moment = moments_next(&pass->moments);
    if (moment < next)
        next = moment;
    return pass->ends != WORK_FOREVER && pass->ends < next ? pass->ends : next;
}

/* Until the load ends or time is up. *BY_ITSELF: the load ended. */
static bool run_pass(struct work *work, struct pass *pass, bool *by_itself)
{
    int64_t look = work_now_ms();
    enum work_event event = WORK_TIME;
    *by_itself = false;
    if (!start_load(work))
        return false;
    while (event == WORK_TIME) {
        int64_t now = work_now_ms();
        if (pass->ends != WORK_FOREVER && now >= pass->ends)
            break;
        if (now >= look && at_intervals(work, pass))
            look = now + (pass->steady ? LOOK_MS / 2 : LOOK_MS);
        if (now >= moments_next(&pass->moments) && !moments_take_between(work, &pass->moments))
            return false;
        int64_t left = next_event(pass, look) - work_now_ms();
        event = work_wait(work, left > 0 ? left : 0);
    }
    *by_itself = event == WORK_LOAD_ENDED;
    if (!pass->steady)
        look_at_connections(work);
    if (*by_itself)
        return end_load(work);
    child_stop(&work->load);
    return event != WORK_BROKEN;
}

/* Loads the server until the time is over and memory has settled, for EXTRA_MS more at most. A load
 * that ends by itself earlier runs again as long as memory has not settled. *LENGTH: how long its
 * last whole run took; 0: there was none. */
static bool warm_up(struct work *work, int64_t *length)
{
    struct steady steady = {0};
    int64_t least = (int64_t)(work->plan->warm_up * 1000), start = work_now_ms();
    int64_t most = least + (work->plan->may_wait ? EXTRA_MS : 0), now = start;
    bool good = true, by_itself = true, is_steady = false;
    work_say("warm-up for %g s", work->plan->warm_up);
    while (good && now < start + most && !(is_steady && (by_itself || now >= start + least))) {
        int64_t ends = now < start + least ? start + least : now + STEADY_WINDOW_MS / 2;
        struct pass pass = {.began = now, .ends = ends, .steady = &steady};
        good = run_pass(work, &pass, &by_itself);
        now = work_now_ms();
        if (by_itself)
            *length = now - pass.began;
        is_steady = !work->plan->may_wait || steady_is_reached(&steady) ||
                    (by_itself && now < start + least && steady.samples.count < 3);
    }
    if (good && now > start + least + STEADY_WINDOW_MS / 2)
        work_say(is_steady ? "memory has settled after %.0f s" : "memory still grows after %.0f s",
                 (double)(now - start) / 1000);
    steady_done(&steady);
    return good;
}

/* ---- the job ------------------------------------------------------------------------------------
 */

/* A run whose operations count with those of the runs before. *GOES_ON: it did what it should. */
static bool run_again(struct work *work, bool *goes_on)
{
    struct pass pass = {.began = work_now_ms(), .ends = WORK_FOREVER};
    int64_t before = work->operations_before;
    pass.moments = moments_plan(pass.began, 0, 0);
    operations_file_clear(&work->operations);
    bool good = run_pass(work, &pass, goes_on);
    int64_t done = operations_file_read(&work->operations);
    work->operations_before = before < 0 || done < 0 ? -1 : before + done;
    *goes_on = *goes_on && work->result->load_status == 0;
    return good;
}

/* A load that is over in a moment says little: it runs ALL times, with a snapshot after every TIMES
 * of them, while nothing is under way. DONE of its runs are over. */
static bool load_repeatedly(struct work *work, int times, int done, int all, int64_t began)
{
    int64_t resident = work_resident(work);
    bool good = true, goes_on = true;
    work->repeats = true;
    work_say("load, %d times%s, a snapshot after each %d: %s", all - done, done ? " more" : "",
             times, work->plan->load);
    while (good && goes_on && done < all) {
        if (done && done % times == 0)
            good = moments_take_after(work, began);
        good = good && run_again(work, &goes_on);
        done++;
        work_look(work);
        if (work_resident(work) - resident > PLENTY_BYTES && done < all) {
            work_say("memory has grown enough after %d times", done);
            goes_on = false;
        }
    }
    return good;
}

static int64_t operations_done(const struct work *work)
{
    return work->repeats ? work->operations_before : operations_file_read(&work->operations);
}

/* It took less time than there was for the snapshots during it. */
static bool load_again(struct work *work, const struct pass *pass)
{
    int missing = work->plan->snapshots - 2 - pass->moments.taken;
    bool is_long = work_now_ms() - pass->began >= LONG_MS;
    if (missing <= 0 || is_long || work->plan->warm_up <= 0 || work->result->load_status != 0)
        return true;
    work->operations_before = operations_file_read(&work->operations);
    return load_repeatedly(work, 1, 1, 1 + missing, pass->began);
}

static bool load_once(struct work *work, int64_t length)
{
    const struct measure_plan *plan = work->plan;
    struct pass pass = {.began = work_now_ms(), .ends = WORK_FOREVER};
    bool by_itself, is_timed = plan->duration > 0;
    if (is_timed) {
        length = (int64_t)(plan->duration * 1000);
        pass.ends = pass.began + length;
    }
    pass.moments = moments_plan(pass.began, length, plan->snapshots - 2);
    if (plan->load)
        work_say("load: %s", plan->load);
    bool good = run_pass(work, &pass, &by_itself);
    moments_end(work, &pass.moments);
    return good && (is_timed || !by_itself || load_again(work, &pass));
}

static bool load_between(struct work *work, int64_t length)
{
    const struct measure_plan *plan = work->plan;
    int times = plan->duration > 0 ? 0 : moments_times(length, plan->snapshots - 2);
    operations_file_clear(&work->operations);
    work->result->load_status = -1;
    look_at_connections(work);
    int all = times * (plan->snapshots - 1);
    return times ? load_repeatedly(work, times, 0, all, work_now_ms()) : load_once(work, length);
}

static bool measure(struct work *work)
{
    const struct measure_plan *plan = work->plan;
    int64_t length = 0;
    if (!moments_check_output(work))
        return false;
    if (plan->port && port_is_open(plan->port))
        return error_set(work->error, "stop what listens there, or choose another port",
                         "port %d is open before the server was started", plan->port);
    if (!child_start(&work->server, plan->program, &plan->launch, work->error))
        return false;
    work->root = work->server.pid;
    return wait_ready(work) && (plan->warm_up <= 0 || warm_up(work, &length)) &&
           moments_take(work, "steady", plan->load ? 0 : -1) && load_between(work, length) &&
           moments_take_last(work, "loaded", operations_done(work));
}

/* Why an all-clear would be none; NULL. Requests are counted by the snapshots themselves. */
static void find_obstacle(struct work *work)
{
    struct measure_result *result = work->result;
    if (!work->plan->load || operations_done(work) > 0)
        return;
    if (work->plan->port && result->connections == 0)
        result->obstacle = pool_format(
            result->texts, "no connection reached port %d while the load ran", work->plan->port);
}

/* What a runtime that writes a perf map leaves behind: Python's and V8's map, and V8's log. The
 * names are in the snapshots by now. */
static void tidy(const struct work *work)
{
    for (size_t i = 0; i < work->seen.count; i++) {
        int pid = (int)work->seen.items[i];
        char pattern[64];
        glob_t found;
        snprintf(pattern, sizeof pattern, "/tmp/perf-%d.map", pid);
        unlink(pattern);
        snprintf(pattern, sizeof pattern, "isolate-0x*-%d-v8.log", pid);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            unlink(found.gl_pathv[k]);
        globfree(&found);
    }
}

/* A signal that was seen but not read would end us when it is let through again. */
static void drain(int signals)
{
    struct signalfd_siginfo seen;
    while (read(signals, &seen, sizeof seen) > 0)
        ;
}

static void end(struct work *work)
{
    child_stop(&work->load);
    child_stop(&work->server);
    descendants_stop(END_MS);
    if (work->plan->launch.jit)
        tidy(work);
    VEC_DONE(&work->seen);
    operations_file_remove(&work->operations);
    serving_done(&work->serving);
    descendants_done(&work->tree);
    connections_done(&work->connections);
}

bool measure_run(const struct measure_plan *plan, struct measure_result *result,
                 struct error *error)
{
    struct work work = {
        .plan = plan, .result = result, .error = error, .server.fd = -1, .load.fd = -1};
    sigset_t stop, before;
    *result = (struct measure_result){.load_status = -1, .connections = -1, .texts = pool_new()};
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGHUP);
    sigprocmask(SIG_BLOCK, &stop, &before);
    work.signals = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
    descendants_adopt();
    bool good = (!plan->load || operations_file_make(&work.operations, error)) && measure(&work);
    if (good)
        find_obstacle(&work);
    end(&work);
    drain(work.signals);
    close(work.signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return good;
}

void measure_done(struct measure_result *result)
{
    for (size_t i = 0; i < result->processes.count; i++)
        VEC_DONE(&result->processes.items[i].paths);
    VEC_DONE(&result->processes);
    if (result->texts)
        pool_free(result->texts);
    *result = (struct measure_result){0};
}
