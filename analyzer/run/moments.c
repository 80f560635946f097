/* moments.c -- The snapshots of a job: of every process that serves, at the same moments.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/moments.h"

#include "base/place.h"
#include "control/asker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_STEP_MS   1000
#define RESTART_MS      5000 /* how long a restart may take after the load */
#define RESTART_STEP_MS 50
#define SHORT_MS        4000 /* a load that is known to end sooner is run several times */
#define ENOUGH_MS       6000 /* of load, all runs of a short one together */
#define MOST_TIMES      100  /* runs of it between two snapshots */
#define LATE_SHARE      0.85 /* of the load's time */

/* ---- when ---------------------------------------------------------------------------------------
 */

struct moments moments_plan(int64_t began, int64_t length, int most)
{
    return (struct moments){.began = began,
                            .length = length,
                            .step = length > 0 && most > 0 ? length / (most + 1) : FIRST_STEP_MS,
                            .most = most};
}

int moments_times(int64_t length, int most)
{
    if (length <= 0 || length >= SHORT_MS || most <= 0)
        return 0;
    int64_t part = length * (most + 1), times = (ENOUGH_MS + part - 1) / part;
    return (int)(times < MOST_TIMES ? times : MOST_TIMES);
}

int64_t moments_next(const struct moments *moments)
{
    if (moments->most <= 0 || (moments->length > 0 && moments->taken >= moments->most))
        return INT64_MAX;
    return moments->began + moments->last + moments->step;
}

/* ---- where --------------------------------------------------------------------------------------
 */

/* NAME.label.db in the folder or under the name that was asked for; NAME.PID.label.db of one of
 * several processes. */
static void add_path(const struct measure_plan *plan, const char *label, pid_t pid,
                     struct text *path)
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
    if (pid)
        text_format(path, ".%d", (int)pid);
    text_format(path, ".%s.db", label);
}

static bool check_path(const struct work *work, const char *label)
{
    struct text wanted = {0}, real = {0}, folder = {0};
    add_path(work->plan, label, 0, &wanted);
    const char *slash = strrchr(wanted.bytes, '/');
    text_add_n(&folder, slash ? wanted.bytes : "./",
               slash ? (size_t)(slash - wanted.bytes) + 1 : 2);
    bool good = access(folder.bytes, F_OK) == 0 ||
                error_set(work->error, "make it first", "cannot write %s: there is no folder %s",
                          wanted.bytes, folder.bytes);
    good = good && (access(folder.bytes, W_OK) == 0 ||
                    error_set(work->error, "name another folder with -o", "cannot write %s: %s",
                              wanted.bytes, strerror(errno)));
    good = good && place_find_file(wanted.bytes, &real, work->error);
    text_done(&wanted);
    text_done(&real);
    text_done(&folder);
    return good;
}

/* -o names no file of a job, but the start of several names; a device is still none. */
bool moments_check_output(const struct work *work)
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

/* An older snapshot of that name is kept as NAME.db.~N~, which no *.db finds. */
static void keep_older(const char *path)
{
    struct text kept = {0};
    struct stat status;
    if (lstat(path, &status) < 0 || !S_ISREG(status.st_mode))
        return;
    for (int number = 1; number < 1000; number++) {
        kept.length = 0;
        text_format(&kept, "%s.~%d~", path, number);
        if (link(path, kept.bytes) == 0) {
            unlink(path);
            work_say("an older %s is kept as %s", path, kept.bytes);
            break;
        }
        if (errno != EEXIST) {
            work_say("an older %s is replaced (it cannot be kept: %s)", path, strerror(errno));
            break;
        }
    }
    text_done(&kept);
}

/* ---- one process --------------------------------------------------------------------------------
 */

/* Not every program has a collector to call; what it refuses is asked for without. */
static bool ask(struct work *work, struct measured *measured, const char *label, int64_t operations,
                const char *wanted, struct text *path)
{
    struct text note = {0};
    int answer;
    struct asker_request request = {.pid = measured->pid,
                                    .label = label,
                                    .path = wanted,
                                    .gc = !measured->has_no_collector,
                                    .operations = operations >= 0 ? &operations : NULL,
                                    .note = &note,
                                    .cancel_fd = work->signals};
    bool good = asker_snapshot(&request, path, &answer, work->error);
    if (!good && answer != 0 && request.gc) {
        if (answer != ENOTSUP) /* of a runtime that has a collector */
            work_say("no garbage is collected before snapshot \"%s\" of process %d: %s", label,
                     (int)measured->pid, note.length ? note.bytes : work->error->message);
        *work->error = (struct error){0};
        request.gc = false;
        measured->has_no_collector = true;
        request.note = NULL;
        good = asker_snapshot(&request, path, &answer, work->error);
    } else if (good && note.length) {
        work_say("%s", note.bytes);
    }
    text_done(&note);
    return good;
}

static struct measured *find_measured(struct work *work, pid_t pid)
{
    struct measure_result *result = work->result;
    const struct descendant *process = descendants_find(&work->tree, pid);
    for (size_t i = 0; i < result->processes.count; i++) {
        struct measured *measured = &result->processes.items[i];
        if (measured->pid == pid && process && measured->started == process->started)
            return measured;
    }
    return NULL;
}

static struct measured *add_measured(struct work *work, pid_t pid, bool came_late)
{
    struct text words = {0};
    const struct descendant *process = descendants_find(&work->tree, pid);
    serving_describe(&work->tree, pid, work->root, &words);
    struct measured measured = {.pid = pid,
                                .started = process ? process->started : 0,
                                .command = pool_text(work->result->texts, words.bytes),
                                .came_late = came_late};
    work_say("%s %s", came_late ? "new while the load ran:" : "measuring", words.bytes);
    VEC_ADD(&work->result->processes, measured);
    text_done(&words);
    return &work->result->processes.items[work->result->processes.count - 1];
}

static bool take_of(struct work *work, struct measured *measured, bool is_one, const char *label,
                    int64_t operations)
{
    struct text wanted = {0}, path = {0};
    add_path(work->plan, label, is_one ? 0 : measured->pid, &wanted);
    keep_older(wanted.bytes);
    bool good = ask(work, measured, label, operations, wanted.bytes, &path);
    if (good) {
        work_say("snapshot \"%s\": %s", label, path.bytes);
        VEC_ADD(&measured->paths, pool_text(work->result->texts, path.bytes));
    }
    text_done(&wanted);
    text_done(&path);
    return good;
}

/* ---- all ----------------------------------------------------------------------------------------
 */

static void note_the_ended(struct work *work)
{
    struct measure_result *result = work->result;
    for (size_t i = 0; i < result->processes.count; i++) {
        struct measured *measured = &result->processes.items[i];
        const struct descendant *process = descendants_find(&work->tree, measured->pid);
        bool is_here = process && process->started == measured->started;
        if (is_here || measured->has_ended)
            continue;
        measured->has_ended = true;
        work_say("ended while the load ran: %s", measured->command);
    }
}

bool moments_take(struct work *work, const char *label, int64_t operations)
{
    struct measure_result *result = work->result;
    bool is_first = result->processes.count == 0, any = false;
    work_look(work);
    note_the_ended(work);
    size_t count = work->serving.pids.count;
    for (size_t i = 0; i < count; i++) {
        pid_t pid = work->serving.pids.items[i];
        struct measured *measured = find_measured(work, pid);
        if (!measured)
            measured = add_measured(work, pid, !is_first);
        bool is_one = count == 1 && result->processes.count == 1;
        bool good = take_of(work, measured, is_one, label, operations);
        any |= good;
        if (!good && (work->error->code == INTERRUPTED || count == 1))
            return false;
        if (!good) {
            work_say("no snapshot of process %d: %s", (int)pid, work->error->message);
            *work->error = (struct error){0};
        }
    }
    if (work->serving.left_out && is_first)
        work_say("%zu more processes serve; %d are measured", work->serving.left_out, SERVING_MOST);
    return any || error_set(work->error, "its own messages stand above",
                            "no process is left to take snapshot \"%s\" of", label);
}

/* Removes every second of the snapshots between, from the first on. */
static void thin(struct measured *measured)
{
    size_t kept = 1; /* the first */
    for (size_t i = 1; i < measured->paths.count; i++) {
        if (i % 2 == 0)
            measured->paths.items[kept++] = measured->paths.items[i];
        else
            unlink(measured->paths.items[i]);
    }
    measured->paths.count = kept;
}

/* After MS of the load. Without a process the job goes on. */
static bool take_labelled(struct work *work, int64_t ms)
{
    char label[32];
    snprintf(label, sizeof label, "during-%.3gs", (double)ms / 1000);
    bool good = moments_take(work, label, -1);
    if (good || work->error->code == INTERRUPTED)
        return good;
    work_say("no process serves at this moment; is it being restarted?");
    *work->error = (struct error){0};
    return true;
}

bool moments_take_after(struct work *work, int64_t began)
{
    return take_labelled(work, work_now_ms() - began);
}

bool moments_take_between(struct work *work, struct moments *moments)
{
    if (moments->taken >= moments->most) {
        for (size_t i = 0; i < work->result->processes.count; i++)
            thin(&work->result->processes.items[i]);
        moments->taken /= 2;
        moments->step *= 2;
        moments->last = moments->taken * moments->step;
        if (moments_next(moments) > work_now_ms())
            return true;
    }
    moments->last += moments->step;
    moments->taken++;
    bool good = take_labelled(work, moments->last);
    moments->finished = work_now_ms() - moments->began;
    return good;
}

static bool has_series(const struct work *work)
{
    for (size_t i = 0; i < work->result->processes.count; i++)
        if (work->result->processes.items[i].paths.count > 1)
            return true;
    return false;
}

bool moments_take_last(struct work *work, const char *label, int64_t operations)
{
    int64_t end = work_now_ms() + RESTART_MS;
    while (work_look(work) != SERVING_FOUND && work_now_ms() < end)
        if (work_wait(work, RESTART_STEP_MS) == WORK_BROKEN)
            break;
    if (work->error->code == INTERRUPTED)
        return false;
    *work->error = (struct error){0};
    bool good = moments_take(work, label, operations);
    if (good || work->error->code == INTERRUPTED || !has_series(work))
        return good;
    work_say("no process is left after the load; the snapshots until then are compared");
    *work->error = (struct error){0};
    return true;
}

void moments_end(struct work *work, struct moments *moments)
{
    int64_t length = work_now_ms() - moments->began;
    if (moments->taken == 0 || (double)moments->finished < LATE_SHARE * (double)length)
        return;
    for (size_t i = 0; i < work->result->processes.count; i++) {
        struct measured *measured = &work->result->processes.items[i];
        if (measured->paths.count > 1 && !measured->has_ended)
            unlink(measured->paths.items[--measured->paths.count]);
    }
    moments->taken--;
    work_say("the last snapshot during the load was taken at its end, and is dropped");
}
