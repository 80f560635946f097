/* list.c -- heapdiff list: the snapshots in a folder, or those of a running process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/process.h"
#include "cli/command.h"
#include "control/channel.h"
#include "control/target.h"
#include "format/template.h"
#include "print/series_report.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_NOTES 5

struct list_options {
    const char *format, *colour;
};

static const struct option_spec options[] = {
    {"format", 0, OPTION_TEXT, "text|json", "Print in this format (text).",
     offsetof(struct list_options, format)},
    {"color", 0, OPTION_TEXT, "auto|always|never", "Use colour (auto: on a terminal).",
     offsetof(struct list_options, colour)},
    {0},
};

/* On stderr, so that programs can read stdout. */
static void note_others(const struct series *series)
{
    size_t count = series->skipped.count;
    for (size_t i = 0; i < count && i < MOST_NOTES; i++) {
        struct text line = {0};
        text_add_clean(&line, series->skipped.items[i].why, true);
        fprintf(stderr, "heapdiff: skipped: %s\n", line.bytes);
        text_done(&line);
    }
    if (count > MOST_NOTES)
        fprintf(stderr, "heapdiff: skipped: %zu files more\n", count - MOST_NOTES);
    if (series->unfinished)
        fprintf(stderr,
                "heapdiff: %zu unfinished; the next snapshot removes those that no process"
                " writes any more\n",
                series->unfinished);
}

static int list_print(const struct series *series, const struct series_process *process,
                      const struct list_options *given, const char *folder)
{
    struct text out = {0};
    struct term term = term_of_stdout(given->colour);
    if (given->format && strcmp(given->format, "json") == 0) {
        series_report_json(series, process, &out);
    } else {
        series_report_text(series, process, &term, &out);
        note_others(series);
        if (!series->snapshots.count)
            fprintf(stderr, "heapdiff: no snapshots in %s\n", folder);
    }
    fwrite(out.bytes, 1, out.length, stdout);
    text_done(&out);
    return EXIT_DONE;
}

static int list_folder(const char *folder, const struct list_options *given, struct error *error)
{
    struct series *series = series_open(folder, 0, 0, error);
    int code = series ? list_print(series, NULL, given, folder) : error->code;
    series_close(series);
    return code;
}

/* %e of the pattern; a shim of an older version does not give it. */
static void read_program(const struct channel *page, char *name, size_t size)
{
    char link[64], executable[PATH_MAX];
    snprintf(name, size, "%.*s", (int)sizeof page->mapped->program, page->mapped->program);
    if (*name)
        return;
    snprintf(link, sizeof link, "/proc/%d/exe", (int)page->pid);
    ssize_t length = readlink(link, executable, sizeof executable - 1);
    executable[length > 0 ? length : 0] = '\0';
    snprintf(name, size, "%s", text_base_name(executable));
}

/* Adds the folder of PATTERN; false when each number or label has another one. */
static bool fill_folder(const struct channel *page, const char *pattern, struct text *folder)
{
    char program[sizeof page->mapped->program + 1], filled[PROTOCOL_PATH_SIZE];
    read_program(page, program, sizeof program);
    struct template_values values = {.program = program, .pid = (int)page->mapped->pid};
    if (!template_fill_folder(filled, sizeof filled, pattern, &values))
        return false;
    text_add(folder, filled);
    return true;
}

/* In the units of the snapshots; 0: it has ended. */
static int64_t started_ns(pid_t pid)
{
    struct process_stat stat;
    return process_read_stat(pid, &stat) ? stat.started_ns : 0;
}

static int list_series(struct channel *page, const struct list_options *given, struct error *error)
{
    char pattern[PROTOCOL_PATH_SIZE];
    struct text folder = {0};
    struct target target;
    memcpy(pattern, page->mapped->pattern, sizeof pattern - 1);
    pattern[sizeof pattern - 1] = '\0';
    target_open(&target, page->pid);
    if (!target.is_ours)
        text_format(&folder, "%s/root", target.task);
    struct series_process process = {
        .pid = page->pid, .pattern = pattern, .taken = atomic_load(&page->mapped->snapshots)};
    int inner = (int)page->mapped->pid;
    int64_t start = inner == page->pid ? started_ns(page->pid) : 0;
    struct series *series = NULL;
    if (fill_folder(page, pattern, &folder))
        series = series_open(folder.bytes, inner, start, error);
    else
        error_set(error, "heapdiff list DIR",
                  "process %d puts each snapshot into another folder: %s", (int)page->pid, pattern);
    process.folder = folder.bytes;
    int code = series ? list_print(series, &process, given, folder.bytes) : error->code;
    series_close(series);
    target_close(&target);
    text_done(&folder);
    return code;
}

static bool is_number(const char *word)
{
    size_t digits = strspn(word, "0123456789");
    return digits > 0 && !word[digits];
}

/* A folder that is called like a number is a folder. */
static int list_given(const char *word, const struct list_options *given, struct error *error)
{
    struct stat status;
    struct channel page;
    bool is_there = stat(word, &status) == 0;
    if (is_there && S_ISREG(status.st_mode)) {
        error_set(error, "heapdiff info FILE says what a snapshot is",
                  "list takes a folder or a process id, and %s is a file", word);
        return error->code;
    }
    if (is_there || !is_number(word))
        return list_folder(word, given, error);
    long pid = strtol(word, NULL, 10);
    if (pid <= 0 || pid > INT_MAX || !channel_open(&page, (pid_t)pid, error)) {
        if (pid <= 0 || pid > INT_MAX)
            error_set(error, "pgrep finds one by name", "'%s' is not a process id", word);
        return error->code;
    }
    int code = list_series(&page, given, error);
    channel_close(&page);
    return code;
}

static int list_main(int argc, char **argv, struct error *error)
{
    struct list_options given = {0};
    int first = options_parse(&command_list, argc, argv, &given, error);
    if (first < 0)
        return error->code;
    if (argc - first > 1) {
        error_set(error, "heapdiff list DIR", "list takes one folder or process id");
        return error->code;
    }
    return list_given(argc - first == 1 ? argv[first] : ".", &given, error);
}

const struct command command_list = {
    .name = "list",
    .arguments = "[options] [DIR|PID]",
    .summary = "List the snapshots in a folder or of a running process",
    .details =
        "Lists snapshots by process and number: when and why each was taken, its resident and\n"
        "live bytes. The default folder is the working directory. For a process, also shows\n"
        "where its snapshots go and how many it has taken.",
    .options = options,
    .run = list_main,
};
