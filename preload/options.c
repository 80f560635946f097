/* options.c -- The HEAPDIFF_* variables as a table, parsed into the fields of a struct.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct options options;

static char complaint[256];

/* Each reader returns false when the text makes no sense. */
static bool read_path(const char *text, char *path)
{
    return *text && (size_t)snprintf(path, OPTIONS_PATH_SIZE, "%s", text) < OPTIONS_PATH_SIZE;
}

static bool read_bytes(const char *text, uint64_t *bytes)
{
    char *end;
    *bytes = strtoull(text, &end, 10);
    return end != text && !*end && *text != '-' && *bytes < (uint64_t)1 << 40;
}

static bool read_seed(const char *text, uint64_t *seed)
{
    char *end;
    *seed = strcmp(text, "random") == 0 ? 0 : strtoull(text, &end, 10);
    return *seed == 0 ? strcmp(text, "random") == 0 : !*end && *text != '-';
}

static bool read_depth(const char *text, unsigned *depth)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    *depth = (unsigned)number;
    return end != text && !*end && number >= 1 && number <= OPTIONS_DEPTH_MAX;
}

static bool read_seconds(const char *text, double *seconds)
{
    char *end;
    if (strcmp(text, "off") == 0)
        text = "0";
    *seconds = strtod(text, &end);
    return end != text && !*end && *seconds >= 0 && *seconds < 1e9;
}

/* Excludes signals that cannot be caught, belong to libc (below SIGRTMIN), or report a crash: after
 * a handler of one of these the program would crash again, for ever. */
static bool is_usable(int number)
{
    static const int others[] = {SIGKILL, SIGSTOP, SIGILL,  SIGTRAP, SIGABRT,
                                 SIGBUS,  SIGFPE,  SIGSEGV, SIGSYS};
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        if (number == others[i])
            return false;
    return number > 0 && number <= SIGRTMAX && (number < 32 || number >= SIGRTMIN);
}

static bool read_signal(const char *text, int *signal)
{
    static const struct {
        const char *name;
        int number;
    } names[] = {{"off", 0},        {"HUP", SIGHUP},   {"USR1", SIGUSR1},
                 {"USR2", SIGUSR2}, {"ALRM", SIGALRM}, {"WINCH", SIGWINCH},
                 {"URG", SIGURG},   {"PROF", SIGPROF}, {"VTALRM", SIGVTALRM}};
    if (strncasecmp(text, "SIG", 3) == 0)
        text += 3;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(text, names[i].name) == 0) {
            *signal = names[i].number;
            return true;
        }
    char *end = "";
    bool real_time = strncasecmp(text, "RTMIN", 5) == 0;
    const char *digits = real_time ? text + 5 : text;
    long number = real_time && !*digits ? 0 : strtol(digits, &end, 10);
    if (*end || number < 0 || number > SIGRTMAX)
        return false;
    *signal = (int)number + (real_time ? SIGRTMIN : 0);
    return is_usable(*signal);
}

/* "90%", "1.5G", "800MiB", "100000000": one limit of SIZE in text. */
static bool read_limit(const char *text, size_t size, struct options_limit *limit)
{
    static const char units[] = "KMGT";
    char *end;
    if (size == 0 || size >= sizeof limit->text || *text < '0' || *text > '9' ||
        strcspn(text, "xXeE") < size) /* other numbers that strtod takes */
        return false;
    memcpy(limit->text, text, size);
    limit->text[size] = '\0';
    double value = strtod(limit->text, &end);
    *limit = (struct options_limit){.percent = strcmp(end, "%") == 0 ? value : 0};
    memcpy(limit->text, text, size);
    if (limit->percent > 0)
        return limit->percent <= 100;
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    for (const char *c = units; unit && c <= unit; c++)
        value *= 1024;
    limit->bytes = value >= 1 && value < 1e18 ? (uint64_t)value : 0;
    end += unit ? 1 : 0;
    end += unit && *end == 'i' ? 1 : 0;
    return limit->bytes > 0 && (!*end || strcasecmp(end, "b") == 0);
}

static bool read_limits(const char *text, struct options_limits *limits)
{
    limits->count = 0;
    if (strcmp(text, "off") == 0)
        return true;
    for (;;) {
        size_t size = strcspn(text, "|,");
        if (limits->count == OPTIONS_LIMITS ||
            !read_limit(text, size, &limits->limits[limits->count++]))
            return false;
        if (!text[size])
            return true;
        text += size + 1;
    }
}

static bool read_flag(const char *text, bool *flag)
{
    *flag = strcmp(text, "1") == 0;
    return *flag || strcmp(text, "0") == 0;
}

static struct option_row table[] = {
    {"HEAPDIFF_OUT", "heapdiff.%e.%p.%n.db",
     "snapshot path; %e program name, %p pid, %n number, %l label", offsetof(struct options, out),
     OPTION_PATH, false, NULL},
    {"HEAPDIFF_SAMPLE", "0",
     "0 = record every allocation; else mean bytes between two recorded ones",
     offsetof(struct options, sample), OPTION_BYTES, false, NULL},
    {"HEAPDIFF_PYTHON_SAMPLE", "0",
     "mean bytes between two recorded ones of a CPython, when HEAPDIFF_SAMPLE is 0",
     offsetof(struct options, python_sample), OPTION_BYTES, false, NULL},
    {"HEAPDIFF_SEED", "random", "a number that makes sampling select the same blocks again",
     offsetof(struct options, seed), OPTION_SEED, false, NULL},
    {"HEAPDIFF_DEPTH", "128", "keep at most so many frames of a stack",
     offsetof(struct options, depth), OPTION_DEPTH, false, NULL},
    {"HEAPDIFF_INTERVAL", "off", "seconds between automatic snapshots",
     offsetof(struct options, interval), OPTION_SECONDS, false, NULL},
    {"HEAPDIFF_TIMELINE", "off", "seconds between two points of the timeline in each snapshot",
     offsetof(struct options, timeline), OPTION_SECONDS, false, NULL},
    {"HEAPDIFF_SIGNAL", "off", "a signal that takes a snapshot (USR2, RTMIN+5)",
     offsetof(struct options, signal), OPTION_SIGNAL, false, NULL},
    {"HEAPDIFF_AT_RSS", "off",
     "take a snapshot when RSS passes 1.5G or 90% of the limit; a list: 1G,90%",
     offsetof(struct options, at_rss), OPTION_LIMITS, false, NULL},
    {"HEAPDIFF_AT_EXIT", "1", "write a snapshot at exit", offsetof(struct options, at_exit),
     OPTION_FLAG, false, NULL},
    {"HEAPDIFF_FOLLOW", "0", "record exec'ed and forked children, too",
     offsetof(struct options, follow), OPTION_FLAG, false, NULL},
    {"HEAPDIFF_THREAD", "1", "0 = a control process only during a snapshot; no requests",
     offsetof(struct options, thread), OPTION_FLAG, false, NULL},
    {"HEAPDIFF_THREADS", "0", "record which thread allocated a block, for --by thread",
     offsetof(struct options, threads), OPTION_FLAG, false, NULL},
    {"HEAPDIFF_BLOCKS", "0", "store every live block in every snapshot",
     offsetof(struct options, blocks), OPTION_FLAG, false, NULL},
    {"HEAPDIFF_PYTHON", "1", "0 = record stacks without Python functions",
     offsetof(struct options, python), OPTION_FLAG, false, NULL},
    {"HEAPDIFF_VERBOSE", "0", "print every option in force and where snapshots go",
     offsetof(struct options, verbose), OPTION_FLAG, false, NULL},
    {"HEAPDIFF_QUIET", "0", "print nothing at all", offsetof(struct options, quiet), OPTION_FLAG,
     false, NULL},
    {0}};

static bool store_value(const struct option_row *row, const char *text)
{
    void *field = (char *)&options + row->offset;
    switch (row->type) {
    case OPTION_PATH:
        return read_path(text, field);
    case OPTION_BYTES:
        return read_bytes(text, field);
    case OPTION_SEED:
        return read_seed(text, field);
    case OPTION_DEPTH:
        return read_depth(text, field);
    case OPTION_SECONDS:
        return read_seconds(text, field);
    case OPTION_SIGNAL:
        return read_signal(text, field);
    case OPTION_LIMITS:
        return read_limits(text, field);
    case OPTION_FLAG:
        return read_flag(text, field);
    }
    return false;
}

/* A user who sets /dev/null wants no snapshot; it must not be replaced by one. Names with
 * placeholders are checked when a snapshot is written (file/file.c), and so are these. */
static void check_out(void)
{
    struct stat status;
    if (*complaint || !options.at_exit || strchr(options.out, '%') ||
        lstat(options.out, &status) != 0 || S_ISREG(status.st_mode))
        return;
    snprintf(complaint, sizeof complaint,
             "HEAPDIFF_OUT=%.80s is %s: no snapshot is written there, none at exit"
             " (to turn it off, set HEAPDIFF_AT_EXIT=0)",
             options.out,
             S_ISDIR(status.st_mode)   ? "a folder"
             : S_ISLNK(status.st_mode) ? "a symbolic link"
                                       : "not a regular file");
    options.at_exit = false;
}

void options_read(void)
{
    *complaint = '\0';
    for (unsigned i = 0; table[i].name; i++) {
        struct option_row *row = &table[i];
        const char *text = getenv(row->name);
        row->is_set = text && store_value(row, text);
        row->value = row->is_set ? text : row->fallback;
        if (text && !row->is_set)
            snprintf(complaint, sizeof complaint, "%s=%.40s is invalid; using %s (%s)", row->name,
                     text, row->fallback, row->meaning);
        if (!row->is_set)
            store_value(row, row->fallback);
    }
    check_out();
}

const char *options_complaint(void)
{
    return *complaint ? complaint : NULL;
}

const struct option_row *options_table(void)
{
    return table;
}
