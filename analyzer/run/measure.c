/* measure.c -- The whole job: start a server recorded, bring it to a steady state, load it,
 * snapshot.
 *
 * Everything waited for is a descriptor: the ends of both children, and the signals that ask us to
 * stop. So Ctrl-C leaves at any point through the same door, which stops the children.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/measure.h"

#include "base/place.h"
#include "control/asker.h"
#include "control/channel.h"
#include "run/child.h"
#include "run/operations_file.h"
#include "run/port.h"

#include <errno.h>
#include <glob.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS      20    /* how often a port is tried */
#define READY_MS     60000 /* how long a server may take to start */
#define FOREVER      -1
#define LOAD_REFUSED 126 /* and 127: the shell could not run it */

struct work {
    const struct measure_plan *plan;
    struct error *error;
    struct child server, load;
    pid_t started; /* the server's process id, also after its end */
    int signals;
    struct operations_file operations; /* of the load */
};

enum event { EVENT_TIME, EVENT_LOAD_ENDED, EVENT_BROKEN };

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("heapdiff: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits up to MS (FOREVER: until something happens). EVENT_BROKEN fills the error. */
static enum event wait_event(struct work *work, int64_t ms)
{
    struct pollfd fds[] = {{.fd = work->signals, .events = POLLIN},
                           {.fd = work->server.fd, .events = POLLIN},
                           {.fd = work->load.fd, .events = POLLIN}};
    int limit = ms > INT32_MAX ? INT32_MAX : (int)ms;
    poll(fds, 3, limit); /* what interrupts it counts as time that is over */
    if (fds[0].revents) {
        error_set(work->error, NULL, "interrupted");
        work->error->code = 130;
        return EVENT_BROKEN;
    }
    if (fds[1].revents) {
        error_set(work->error, "its own messages stand above",
                  "%s ended with status %d before it was measured", work->plan->program[0],
                  child_reap(&work->server));
        return EVENT_BROKEN;
    }
    return fds[2].revents ? EVENT_LOAD_ENDED : EVENT_TIME;
}

static bool is_ready(const struct work *work)
{
    return (!work->plan->port || port_is_open(work->plan->port)) &&
           channel_is_ready(work->server.pid);
}

static bool wait_ready(struct work *work)
{
    int64_t start = now_ms();
    while (!is_ready(work)) {
        if (now_ms() - start > READY_MS && work->plan->port && !port_is_open(work->plan->port))
            return error_set(work->error, "is it the one that the server listens on?",
                             "port %d did not open within %d s", work->plan->port, READY_MS / 1000);
        if (now_ms() - start > READY_MS)
            return error_set(work->error,
                             "is it statically linked, or a script of another program?",
                             "%s does not answer as a recorded program", work->plan->program[0]);
        if (wait_event(work, POLL_MS) == EVENT_BROKEN)
            return false;
    }
    if (work->plan->port)
        say("port %d is open after %.1f s", work->plan->port, (double)(now_ms() - start) / 1000);
    return true;
}

/* The load has ended by itself; a load that could not be run has loaded nothing. */
static bool end_load(struct work *work)
{
    int status = child_reap(&work->load);
    if (status == LOAD_REFUSED || status == LOAD_REFUSED + 1)
        return error_set(work->error, NULL, "the load command could not be run: %s",
                         work->plan->load);
    if (status != 0)
        say("the load command ended with status %d", status);
    return true;
}

static bool start_load(struct work *work)
{
    char *const shell[] = {"sh", "-c", (char *)work->plan->load, NULL};
    setenv(OPERATIONS_VARIABLE, work->operations.path, 1);
    bool good = child_start(&work->load, shell, NULL, work->error);
    unsetenv(OPERATIONS_VARIABLE);
    return good;
}

/* Loads the server for SECONDS (0: until the load ends); without a load, lets it be as long. */
static bool run_load(struct work *work, double seconds)
{
    int64_t end = now_ms() + (int64_t)(seconds * 1000);
    enum event event = EVENT_TIME;
    if (work->plan->load && !start_load(work))
        return false;
    do {
        int64_t left = end - now_ms();
        if (seconds > 0 && left <= 0)
            break;
        event = wait_event(work, seconds > 0 ? left : FOREVER);
    } while (event == EVENT_TIME);
    if (event == EVENT_LOAD_ENDED)
        return end_load(work);
    child_stop(&work->load);
    return event != EVENT_BROKEN;
}

/* NAME.label.db in the folder or under the name that was asked for. */
static void add_path(const struct measure_plan *plan, const char *label, struct text *path)
{
    struct stat status;
    const char *output = plan->output ? plan->output : "";
    size_t length = strlen(output);
    bool is_folder = length && stat(output, &status) == 0 && S_ISDIR(status.st_mode);
    if (length > 3 && !is_folder && strcmp(output + length - 3, ".db") == 0)
        length -= 3;
    text_add_n(path, output, length);
    if (is_folder && output[length - 1] != '/')
        text_add(path, "/");
    if (length == 0 || is_folder || output[length - 1] == '/')
        text_add(path, text_base_name(plan->program[0]));
    text_format(path, ".%s.db", label);
}

/* Said now and not when the server is warm. */
static bool check_path(const struct work *work, const char *label)
{
    struct text wanted = {0}, real = {0}, folder = {0};
    add_path(work->plan, label, &wanted);
    const char *slash = strrchr(wanted.bytes, '/');
    text_add_n(&folder, slash ? wanted.bytes : "./",
               slash ? (size_t)(slash - wanted.bytes) + 1 : 2);
    bool good = access(folder.bytes, F_OK) == 0 ||
                error_set(work->error, "make it first", "cannot write %s: there is no folder %s",
                          wanted.bytes, folder.bytes);
    good = good && place_find_file(wanted.bytes, &real, work->error);
    text_done(&wanted);
    text_done(&real);
    text_done(&folder);
    return good;
}

/* -o names no file of a job, but the start of two names; a device is still none. */
static bool check_output(const struct work *work)
{
    const char *output = work->plan->output;
    struct text real = {0};
    struct stat status;
    bool is_other = output && stat(output, &status) == 0 && !S_ISDIR(status.st_mode) &&
                    !S_ISREG(status.st_mode);
    bool good = !is_other || place_find_file(output, &real, work->error);
    text_done(&real);
    return good && check_path(work, "steady") && check_path(work, "loaded");
}

/* Not every program has a collector to call; what it refuses is asked for without. */
static bool take(struct work *work, const char *label, int64_t operations, struct text *path)
{
    struct text wanted = {0}, note = {0};
    int answer;
    add_path(work->plan, label, &wanted);
    struct asker_request request = {.pid = work->server.pid,
                                    .label = label,
                                    .path = wanted.bytes,
                                    .gc = true,
                                    .operations = operations >= 0 ? &operations : NULL,
                                    .note = &note,
                                    .cancel_fd = work->signals};
    bool good = asker_snapshot(&request, path, &answer, work->error);
    if (!good && answer != 0) {
        if (answer != ENOTSUP) /* of a runtime that has a collector */
            say("no garbage is collected before snapshot \"%s\": %s", label,
                note.length ? note.bytes : work->error->message);
        *work->error = (struct error){0};
        request.gc = false;
        request.note = NULL;
        good = asker_snapshot(&request, path, &answer, work->error);
    } else if (good && note.length) {
        say("%s", note.bytes);
    }
    if (good)
        say("snapshot \"%s\": %s", label, path->bytes);
    text_done(&wanted);
    text_done(&note);
    return good;
}

static bool measure(struct work *work, struct text *steady, struct text *loaded)
{
    const struct measure_plan *plan = work->plan;
    if (!check_output(work))
        return false;
    if (plan->port && port_is_open(plan->port))
        return error_set(work->error, "stop what listens there, or choose another port",
                         "port %d is open before the server was started", plan->port);
    if (!child_start(&work->server, plan->program, &plan->launch, work->error))
        return false;
    work->started = work->server.pid;
    if (!wait_ready(work))
        return false;
    if (plan->warm_up > 0) {
        say("warm-up for %g s", plan->warm_up);
        if (!run_load(work, plan->warm_up))
            return false;
    }
    if (!take(work, "steady", plan->load ? 0 : -1, steady))
        return false;
    if (plan->load)
        say("load: %s", plan->load);
    operations_file_clear(&work->operations);
    return run_load(work, plan->duration) &&
           take(work, "loaded", operations_file_read(&work->operations), loaded);
}

/* What a runtime that names its JIT code leaves behind: its map, and V8's log. The names are in the
 * snapshots by now. */
static void tidy(pid_t server)
{
    char pattern[64];
    glob_t found;
    snprintf(pattern, sizeof pattern, "/tmp/perf-%d.map", (int)server);
    unlink(pattern);
    snprintf(pattern, sizeof pattern, "isolate-0x*-%d-v8.log", (int)server);
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
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

bool measure_run(const struct measure_plan *plan, struct text *steady, struct text *loaded,
                 struct error *error)
{
    struct work work = {.plan = plan, .error = error, .server.fd = -1, .load.fd = -1};
    sigset_t stop, before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGHUP);
    sigprocmask(SIG_BLOCK, &stop, &before);
    work.signals = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
    bool good = (!plan->load || operations_file_make(&work.operations, error)) &&
                measure(&work, steady, loaded);
    child_stop(&work.load);
    operations_file_remove(&work.operations);
    child_stop(&work.server);
    if (plan->launch.jit && work.started > 0)
        tidy(work.started);
    drain(work.signals);
    close(work.signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return good;
}
