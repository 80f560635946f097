/* snapshot.c -- heapdiff snapshot: asks a recorded process for a snapshot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"
#include "control/asker.h"
#include "run/companion.h"
#include "run/serving.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct snapshot_options {
    const char *label, *path;
    int64_t operations; /* -1: not given */
    bool gc, blocks;
};

static const struct option_spec options[] = {
    {"label", 'l', OPTION_TEXT, "TEXT", "Store this name in the snapshot.",
     offsetof(struct snapshot_options, label)},
    {"output", 'o', OPTION_TEXT, "FILE",
     "Write to this file (default: HEAPDIFF_OUT of the process).",
     offsetof(struct snapshot_options, path)},
    {"gc", 0, OPTION_FLAG, NULL, "Make the runtime collect its garbage first.",
     offsetof(struct snapshot_options, gc)},
    {"blocks", 0, OPTION_FLAG, NULL,
     "Store every live block, too: 16 to 22 bytes each; copies the process.",
     offsetof(struct snapshot_options, blocks)},
    {"ops", 0, OPTION_COUNT, "N",
     "Store that N units of work are done so far; compare then gives growth per unit.",
     offsetof(struct snapshot_options, operations)},
    {0},
};

static bool parse_pid(const char *word, pid_t *pid, struct error *error)
{
    char *end;
    long number = strtol(word, &end, 10);
    if (!isdigit((unsigned char)word[0]) || *end || number <= 0 || number > INT_MAX)
        return error_set(error, "pgrep finds one by name", "'%s' is not a process id", word);
    *pid = (pid_t)number;
    return true;
}

/* The snapshot of npm says nothing about the server that npm started. */
static void say_children(pid_t pid)
{
    struct text words = {0};
    serving_children(pid, &words);
    if (words.length)
        fprintf(stderr, "heapdiff: note: process %d listens on no port; %s\n", (int)pid,
                words.bytes);
    text_done(&words);
}

static int snapshot_main(int argc, char **argv, struct error *error)
{
    struct snapshot_options given = {.operations = -1};
    struct asker_request request = {.cancel_fd = -1};
    struct text path = {0}, note = {0};
    int answer, first = options_parse(&command_snapshot, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first != 1) {
        error_set(error, "heapdiff snapshot PID", "snapshot takes one process id");
        return error->code;
    }
    if (!parse_pid(argv[first], &request.pid, error))
        return error->code;
    request.label = given.label;
    request.path = given.path;
    request.gc = given.gc;
    request.blocks = given.blocks;
    request.operations = given.operations >= 0 ? &given.operations : NULL;
    request.note = &note;
    bool good = asker_snapshot(&request, &path, &answer, error);
    if (good && note.length)
        fprintf(stderr, "heapdiff: %s\n", note.bytes);
    if (good)
        say_children(request.pid);
    if (good)
        puts(path.bytes);
    else if (answer == ENOPKG)
        companion_hint(error);
    text_done(&path);
    text_done(&note);
    return good ? EXIT_DONE : error->code;
}

const struct command command_snapshot = {
    .name = "snapshot",
    .arguments = "PID [options]",
    .summary = "Take a snapshot of a running, recorded process",
    .details = "Returns when the file is complete and prints its path. The process must have been\n"
               "started with heapdiff run, or with LD_PRELOAD=libheapdiff.so.",
    .options = options,
    .run = snapshot_main,
};
