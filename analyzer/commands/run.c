/* run.c -- heapdiff run: starts a program recorded; with a load, does the whole job.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"
#include "commands/symbol_options.h"
#include "print/text_report.h"
#include "run/measure.h"

#include <stdio.h>

struct run_options {
    const char *output, *load, *rules, *colour;
    int64_t sample, depth, port;        /* -1: not given */
    double interval, warm_up, duration; /* -1: not given */
    bool follow, jit, no_companion;
    struct symbol_sources sources;
};

#define WARM_UP_SECONDS 5
#define MOST_DEPTH      1024

static const struct option_spec options[] = {
    {"output", 'o', OPTION_TEXT, "FILE",
     "Write snapshots to this file or folder; in a job, also the prefix of both names.",
     offsetof(struct run_options, output)},
    {"sample", 0, OPTION_SIZE, "BYTES",
     "Record one allocation per BYTES bytes on average (0: all).",
     offsetof(struct run_options, sample)},
    {"depth", 0, OPTION_COUNT, "N", "Keep at most N frames of a stack (128).",
     offsetof(struct run_options, depth)},
    {"interval", 0, OPTION_SECONDS, "S", "Take a snapshot every S seconds (off).",
     offsetof(struct run_options, interval)},
    {"follow", 0, OPTION_FLAG, NULL, "Record child processes, too.",
     offsetof(struct run_options, follow)},
    {"jit", 0, OPTION_FLAG, NULL, "Let Node and Python name their JIT code (off; on in a job).",
     offsetof(struct run_options, jit)},
    {"no-companion", 0, OPTION_FLAG, NULL,
     "Do not load heapdiff-node.cjs into Node programs (see docs/node.md).",
     offsetof(struct run_options, no_companion)},
    {"load", 0, OPTION_TEXT, "CMD", "Job: load the server with this shell command.",
     offsetof(struct run_options, load)},
    {"on-port", 0, OPTION_COUNT, "N", "Job: wait until the server accepts on this port.",
     offsetof(struct run_options, port)},
    {"warmup", 0, OPTION_SECONDS, "S",
     "Job: load for S seconds before the first snapshot (5 with --load).",
     offsetof(struct run_options, warm_up)},
    {"duration", 0, OPTION_SECONDS, "S",
     "Job: end the load after S seconds (default: wait for its end).",
     offsetof(struct run_options, duration)},
    {"rules", 0, OPTION_TEXT, "FILE",
     "Job: decide whose code a frame is by the rules in FILE first.",
     offsetof(struct run_options, rules)},
    SYMBOL_OPTIONS(struct run_options, sources),
    {"color", 0, OPTION_TEXT, "auto|always|never", "Job: use colour (auto: on a terminal).",
     offsetof(struct run_options, colour)},
    {0},
};

static int compare(const char *steady, const char *loaded, const struct run_options *given,
                   struct error *error)
{
    const char *const paths[] = {steady, loaded};
    struct rules *rules = rules_new(given->rules, error);
    struct comparison_options how = {.rules = rules, .sources = &given->sources};
    struct comparison *comparison = rules ? comparison_open_with(paths, 2, &how, error) : NULL;
    struct report_options report = {.term = term_of_stdout(given->colour), .top = 10};
    struct text out = {0};
    int code = EXIT_UNUSABLE;
    if (comparison) {
        text_report_comparison(comparison, &report, &out);
        term_print(&out);
        code = EXIT_DONE;
        if (comparison->obstacle) {
            error_set(error, NULL, "nothing was compared: %s", comparison->obstacle);
            code = error->code = EXIT_NOT_MEASURABLE;
        }
    }
    text_done(&out);
    comparison_close(comparison);
    rules_free(rules);
    return code;
}

static int run_measured(const struct measure_plan *plan, const struct run_options *given,
                        struct error *error)
{
    struct text steady = {0}, loaded = {0};
    int code = measure_run(plan, &steady, &loaded, error)
                   ? compare(steady.bytes, loaded.bytes, given, error)
                   : error->code;
    text_done(&steady);
    text_done(&loaded);
    return code;
}

static bool check(const struct run_options *given, bool is_job, struct error *error)
{
    if (given->port == 0 || given->port > 65535)
        return error_set(error, NULL, "--on-port takes a port from 1 to 65535");
    if (given->depth == 0 || given->depth > MOST_DEPTH)
        return error_set(error, NULL, "--depth takes 1 to %d frames", MOST_DEPTH);
    if (is_job && !given->load && given->duration <= 0)
        return error_set(error, "add --load CMD, or --duration S to let the program run by itself",
                         "there is nothing to do between the two snapshots");
    return true;
}

static int start(char *const *program, const struct run_options *given, struct error *error)
{
    bool is_job = given->load || given->port >= 0 || given->warm_up >= 0 || given->duration >= 0;
    struct measure_plan plan = {.program = program,
                               .launch = {.out = is_job ? NULL : given->output,
                                          .interval = given->interval,
                                          .sample = given->sample,
                                          .depth = given->depth,
                                          .follow = given->follow,
                                          .jit = given->jit || is_job,
                                          .is_job = is_job,
                                          .program = given->no_companion ? NULL : program},
                               .load = given->load,
                               .output = given->output,
                               .port = given->port > 0 ? (int)given->port : 0,
                               .warm_up = given->warm_up >= 0 ? given->warm_up
                                          : given->load       ? WARM_UP_SECONDS
                                                              : 0,
                               .duration = given->duration > 0 ? given->duration : 0};
    if (!check(given, is_job, error) || !symbol_options_check(&given->sources, error))
        return error->code;
    if (is_job)
        return run_measured(&plan, given, error);
    if (launch_prepare(&plan.launch, error))
        launch_exec(program, error);
    return error->code;
}

static int run(int argc, char **argv, struct error *error)
{
    struct run_options given = {
        .sample = -1, .depth = -1, .port = -1, .interval = -1, .warm_up = -1, .duration = -1};
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
        "With --load, --on-port or --duration it runs a job: it starts the server, waits for its\n"
        "port, warms it up, takes a snapshot, loads it, takes another snapshot, stops the server\n"
        "and compares the two. Where it can, it makes the runtime collect its garbage before\n"
        "each snapshot.\n\n"
        "Examples:\n"
        "  heapdiff run -- ./app                     record; write a snapshot at exit\n"
        "  heapdiff run --sample 512KiB -- ./app     record fewer allocations, at less cost\n"
        "  heapdiff run --follow -- npm start        record the programs that npm starts, too\n"
        "  heapdiff run --on-port 8080 --load 'ab -n 10000 http://127.0.0.1:8080/' \\\n"
        "               -- node server.js            measure a server under load\n"
        "  heapdiff run --warmup 10 --duration 60 -- ./worker\n"
        "                                            measure a program that needs no load",
    .options = options,
    .run = run,
};
