/* run.c -- heapdiff run: a program under heapdiff; with a load, snapshots and their comparison too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/place.h"
#include "cli/command.h"
#include "commands/comparing.h"
#include "run/measure.h"

#include <stdio.h>
#include <stdlib.h>

struct run_options {
    const char *output, *load;
    int64_t sample, depth, port, snapshots; /* -1: not given */
    double interval, warm_up, duration;     /* -1: not given */
    bool follow, jit, perf_map, no_companion;
    struct comparing comparing;
};

#define WARM_UP_SECONDS 5
#define MOST_DEPTH      1024
#define MOST_SNAPSHOTS  100

static const struct option_spec options[] = {
    {"output", 'o', OPTION_TEXT, "FILE",
     "Write snapshots to this file or folder; in a job, also the prefix of their names.",
     offsetof(struct run_options, output)},
    {"sample", 0, OPTION_SIZE, "BYTES",
     "Record one allocation per BYTES bytes on average (0: all).",
     offsetof(struct run_options, sample)},
    {"depth", 0, OPTION_COUNT, "N", "Keep at most N frames of a stack (128).",
     offsetof(struct run_options, depth)},
    {"interval", 0, OPTION_SECONDS, "S", "Take a snapshot every S seconds (off).",
     offsetof(struct run_options, interval)},
    {"follow", 0, OPTION_FLAG, NULL, "Record child processes, too (a job always does).",
     offsetof(struct run_options, follow)},
    {"jit", 0, OPTION_FLAG, NULL, "Let Node and Python name their JIT code (off; on in a job).",
     offsetof(struct run_options, jit)},
    {"perf-map", 0, OPTION_FLAG, NULL,
     "Like --jit, but V8 writes its names into files (for a Node where --jit finds none).",
     offsetof(struct run_options, perf_map)},
    {"no-companion", 0, OPTION_FLAG, NULL,
     "Do not load heapdiff-node.cjs into Node programs (see docs/node.md).",
     offsetof(struct run_options, no_companion)},
    {"load", 0, OPTION_TEXT, "CMD", "Job: load the server with this shell command.",
     offsetof(struct run_options, load)},
    {"on-port", 0, OPTION_COUNT, "N",
     "Job: measure the process that listens on this port, once it does.",
     offsetof(struct run_options, port)},
    {"warmup", 0, OPTION_SECONDS, "S",
     "Job: load for S seconds or more before the first snapshot (5 with --load).",
     offsetof(struct run_options, warm_up)},
    {"duration", 0, OPTION_SECONDS, "S",
     "Job: end the load after S seconds (default: wait for its end).",
     offsetof(struct run_options, duration)},
    {"snapshots", 0, OPTION_COUNT, "N",
     "Job: take N snapshots of each process: before, during and after the load (5).",
     offsetof(struct run_options, snapshots)},
    COMPARING_SPECS(struct run_options, comparing),
    {0},
};

static void say_command(const char *const *paths, size_t count)
{
    struct text words = {0};
    for (size_t i = 0; i < count; i++)
        text_format(&words, " %s", paths[i]);
    fprintf(stderr, "heapdiff: to compare again: heapdiff compare%s\n", words.bytes);
    text_done(&words);
}

static bool has_series(const struct measure_result *result)
{
    for (size_t i = 0; i < result->processes.count; i++)
        if (result->processes.items[i].paths.count > 1)
            return true;
    return false;
}

/* All snapshots of all processes that were measured. */
static int compare(const struct measure_result *result, const struct run_options *given,
                   struct error *error)
{
    VEC(const char *) paths = {0};
    for (size_t i = 0; i < result->processes.count; i++)
        for (size_t k = 0; k < result->processes.items[i].paths.count; k++)
            VEC_ADD(&paths, result->processes.items[i].paths.items[k]);
    const struct workload work = {.load_status = result->load_status,
                                  .connections = result->connections,
                                  .obstacle = result->obstacle};
    int code = EXIT_NOT_MEASURABLE;
    if (!has_series(result))
        error_set(error, "measure for longer, or find out why they end",
                  "not measurable: %zu processes served, and none lived long enough for two "
                  "snapshots",
                  result->processes.count);
    else
        code = comparing_run(paths.items, paths.count, &given->comparing, &work, error);
    error->code = code;
    if (paths.count > 1)
        say_command(paths.items, paths.count);
    VEC_DONE(&paths);
    return code;
}

static int run_measured(const struct measure_plan *plan, const struct run_options *given,
                        struct error *error)
{
    struct measure_result result;
    bool good = measure_run(plan, &result, error);
    int code = good ? compare(&result, given, error) : error->code;
    measure_done(&result);
    return code;
}

/* Said before the program is started, not when it has been loaded for an hour. */
static bool check_page(const struct run_options *given, struct error *error)
{
    struct text real = {0};
    bool good = !given->comparing.page || place_find_file(given->comparing.page, &real, error);
    text_done(&real);
    return good;
}

static bool check(const struct run_options *given, bool is_job, struct error *error)
{
    if (given->port == 0 || given->port > 65535)
        return error_set(error, NULL, "--on-port takes a port from 1 to 65535");
    if (given->depth == 0 || given->depth > MOST_DEPTH)
        return error_set(error, NULL, "--depth takes 1 to %d frames", MOST_DEPTH);
    if (given->snapshots >= 0 && (given->snapshots < 2 || given->snapshots > MOST_SNAPSHOTS))
        return error_set(error, NULL, "--snapshots takes 2 to %d", MOST_SNAPSHOTS);
    if (is_job && !given->load && given->duration <= 0)
        return error_set(error, "add --load CMD, or --duration S to let the program run by itself",
                         "there is nothing to do between the two snapshots");
    if (!is_job && (given->comparing.limit || given->comparing.page || given->comparing.format))
        return error_set(error, "add --load CMD, or --duration S",
                         "without a load or a duration, run compares nothing");
    return check_page(given, error);
}

static int start(char *const *program, struct run_options *given, struct error *error)
{
    bool is_job = given->load || given->port >= 0 || given->warm_up >= 0 || given->duration >= 0 ||
                  given->snapshots >= 0;
    struct measure_plan plan = {.program = program,
                                .launch = {.out = is_job ? NULL : given->output,
                                           .interval = given->interval,
                                           .sample = given->sample,
                                           .depth = given->depth,
                                           .follow = given->follow || is_job,
                                           .jit = given->jit || is_job,
                                           .perf_map = given->perf_map,
                                           .is_job = is_job,
                                           .program = given->no_companion ? NULL : program},
                                .load = given->load,
                                .output = given->output,
                                .port = given->port > 0 ? (int)given->port : 0,
                                .snapshots = given->snapshots > 0 ? (int)given->snapshots
                                                                  : MEASURE_SNAPSHOTS,
                                .warm_up = given->warm_up >= 0 ? given->warm_up
                                           : given->load       ? WARM_UP_SECONDS
                                                               : 0,
                                .may_wait = true,
                                .duration = given->duration > 0 ? given->duration : 0};
    if (!check(given, is_job, error) ||
        !comparing_check(&given->comparing, (size_t)plan.snapshots, error))
        return error->code;
    if (is_job) {
        int code = run_measured(&plan, given, error);
        comparing_done(&given->comparing);
        return code;
    }
    if (launch_prepare(&plan.launch, error))
        launch_exec(program, error);
    comparing_done(&given->comparing);
    return error->code;
}

static int run(int argc, char **argv, struct error *error)
{
    struct run_options given = {.sample = -1,
                                .depth = -1,
                                .port = -1,
                                .snapshots = -1,
                                .interval = -1,
                                .warm_up = -1,
                                .duration = -1,
                                .comparing.top = -1};
    int first = options_parse(&command_run, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (first >= argc) {
        error_set(error, "heapdiff run -- ./app", "run takes a program to start");
        return error->code;
    }
    return start(argv + first, &given, error);
}

const struct command command_run = {
    .name = "run",
    .arguments = "[options] [--] CMD ...",
    .summary = "Run a program under heapdiff; with --load, also take and compare snapshots",
    .details =
        "Executes the program with libheapdiff.so preloaded and passes on its exit status.\n\n"
        "With --load, --on-port or --duration it runs a job: it starts the program (or the\n"
        "launcher of it: npm, npx, sh, a cluster, PM2, gunicorn), finds the process that listens\n"
        "on the port, loads it until its memory has settled, takes a snapshot, loads it, takes\n"
        "more snapshots during and after the load, stops everything that it started and compares\n"
        "the snapshots. Where it can, it makes the runtime collect its garbage before each one.\n"
        "A load that fails or does nothing is never a pass: exit code 3.\n\n"
        "Examples:\n"
        "  heapdiff run -- ./app                     record; write a snapshot at exit\n"
        "  heapdiff run --sample 512KiB -- ./app     record fewer allocations, at less cost\n"
        "  heapdiff run --on-port 8080 --load 'ab -n 10000 http://127.0.0.1:8080/' \\\n"
        "               -- npm start                 measure a server under load\n"
        "  heapdiff run --on-port 8080 --load ./load.sh --fail-on-growth 1MiB \\\n"
        "               --report leak.html -- gunicorn -w 4 app:app\n"
        "  heapdiff run --warmup 10 --duration 60 -- ./worker\n"
        "                                            measure a program that needs no load",
    .options = options,
    .run = run,
};
