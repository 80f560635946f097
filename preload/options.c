/* options.c -- The HEAPDIFF_* variables, read once at the start.
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
static bool read_out(const char *text)
{
    return *text &&
           (size_t)snprintf(options.out, sizeof options.out, "%s", text) < sizeof options.out;
}

static bool read_sample(const char *text)
{
    char *end;
    options.sample = strtoull(text, &end, 10);
    return end != text && !*end && *text != '-' && options.sample < (uint64_t)1 << 40;
}

static bool read_seed(const char *text)
{
    char *end;
    options.seed = strcmp(text, "random") == 0 ? 0 : strtoull(text, &end, 10);
    return options.seed == 0 ? strcmp(text, "random") == 0 : !*end && *text != '-';
}

static bool read_depth(const char *text)
{
    char *end;
    unsigned long depth = strtoul(text, &end, 10);
    options.depth = (unsigned)depth;
    return end != text && !*end && depth >= 1 && depth <= OPTIONS_DEPTH_MAX;
}

static bool read_interval(const char *text)
{
    char *end;
    if (strcmp(text, "off") == 0)
        text = "0";
    options.interval = strtod(text, &end);
    return end != text && !*end && options.interval >= 0 && options.interval < 1e9;
}

/* Not those that cannot be caught, belong to libc (below SIGRTMIN), or tell of a crash: after a
 * handler of one of these the program would crash again, for ever. */
static bool is_usable(int number)
{
    static const int others[] = {SIGKILL, SIGSTOP, SIGILL,  SIGTRAP, SIGABRT,
                                 SIGBUS,  SIGFPE,  SIGSEGV, SIGSYS};
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        if (number == others[i])
            return false;
    return number > 0 && number <= SIGRTMAX && (number < 32 || number >= SIGRTMIN);
}

static bool read_signal(const char *text)
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
            options.signal = names[i].number;
            return true;
        }
    char *end = "";
    bool real_time = strncasecmp(text, "RTMIN", 5) == 0;
    const char *digits = real_time ? text + 5 : text;
    long number = real_time && !*digits ? 0 : strtol(digits, &end, 10);
    if (*end || number < 0 || number > SIGRTMAX)
        return false;
    options.signal = (int)number + (real_time ? SIGRTMIN : 0);
    return is_usable(options.signal);
}

/* "90%", "1.5G", "800MiB", "100000000": one limit of SIZE in text. */
static bool read_limit(const char *text, size_t size, struct options_limit *limit)
{
    static const char units[] = "KMGT";
    char *end;
    if (size == 0 || size >= sizeof limit->text || *text < '0' || *text > '9' ||
        strcspn(text, "xXeE") < size) /* what else strtod takes for a number */
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

static bool read_at_rss(const char *text)
{
    options.at_rss_count = 0;
    if (strcmp(text, "off") == 0)
        return true;
    for (;;) {
        size_t size = strcspn(text, "|,");
        if (options.at_rss_count == OPTIONS_LIMITS ||
            !read_limit(text, size, &options.at_rss[options.at_rss_count++]))
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

static bool read_at_exit(const char *text)
{
    return read_flag(text, &options.at_exit);
}

static bool read_follow(const char *text)
{
    return read_flag(text, &options.follow);
}

static bool read_thread(const char *text)
{
    return read_flag(text, &options.thread);
}

static bool read_threads(const char *text)
{
    return read_flag(text, &options.threads);
}

static bool read_blocks(const char *text)
{
    return read_flag(text, &options.blocks);
}

static bool read_python(const char *text)
{
    return read_flag(text, &options.python);
}

static bool read_verbose(const char *text)
{
    return read_flag(text, &options.verbose);
}

static bool read_quiet(const char *text)
{
    return read_flag(text, &options.quiet);
}

static struct option_row table[] = {
    {"HEAPDIFF_OUT", "heapdiff.%e.%p.%n.db",
     "snapshot path; %e program name, %p pid, %n number, %l label", NULL, false},
    {"HEAPDIFF_SAMPLE", "0", "0 = every allocation; else mean bytes between two recorded ones",
     NULL, false},
    {"HEAPDIFF_SEED", "random", "a number: sampling chooses alike in every run", NULL, false},
    {"HEAPDIFF_DEPTH", "128", "most frames kept of a stack", NULL, false},
    {"HEAPDIFF_INTERVAL", "off", "seconds between snapshots taken by themselves", NULL, false},
    {"HEAPDIFF_SIGNAL", "off", "a signal that takes a snapshot (USR2, RTMIN+5)", NULL, false},
    {"HEAPDIFF_AT_RSS", "off",
     "a snapshot when RSS passes 1.5G or 90% of the limit; a list: 1G,90%", NULL, false},
    {"HEAPDIFF_AT_EXIT", "1", "write a last snapshot at exit", NULL, false},
    {"HEAPDIFF_FOLLOW", "0", "record exec'ed and forked children too", NULL, false},
    {"HEAPDIFF_THREAD", "1",
     "0 = a control process only while a snapshot is taken; none from outside", NULL, false},
    {"HEAPDIFF_THREADS", "0", "keep blocks of different threads apart, for --by thread", NULL,
     false},
    {"HEAPDIFF_BLOCKS", "0", "list every live block in every snapshot", NULL, false},
    {"HEAPDIFF_PYTHON", "1", "0 = stacks without the names of Python functions", NULL, false},
    {"HEAPDIFF_VERBOSE", "0", "print every option in force and where snapshots go", NULL, false},
    {"HEAPDIFF_QUIET", "0", "print nothing at all", NULL, false},
    {NULL, NULL, NULL, NULL, false}};

/* In the order of the table. */
static bool (*const readers[])(const char *) = {
    read_out,     read_sample, read_seed,    read_depth,   read_interval,
    read_signal,  read_at_rss, read_at_exit, read_follow,  read_thread,
    read_threads, read_blocks, read_python,  read_verbose, read_quiet};

/* Whoever names /dev/null wants no snapshot; it must not become one. Names that are yet to be
 * filled in are looked at when there is a snapshot to write (file/file.c), as these are. */
static void check_out(void)
{
    struct stat status;
    if (*complaint || !options.at_exit || strchr(options.out, '%') ||
        lstat(options.out, &status) != 0 || S_ISREG(status.st_mode))
        return;
    snprintf(complaint, sizeof complaint,
             "HEAPDIFF_OUT=%.80s is %s: no snapshot is written there, none at exit"
             " (to want none, say HEAPDIFF_AT_EXIT=0)",
             options.out,
             S_ISDIR(status.st_mode)   ? "a folder"
             : S_ISLNK(status.st_mode) ? "a symbolic link"
                                       : "no regular file");
    options.at_exit = false;
}

void options_read(void)
{
    *complaint = '\0';
    for (unsigned i = 0; table[i].name; i++) {
        struct option_row *row = &table[i];
        const char *text = getenv(row->name);
        row->is_set = text && readers[i](text);
        row->value = row->is_set ? text : row->fallback;
        if (text && !row->is_set)
            snprintf(complaint, sizeof complaint, "%s=%.40s makes no sense; using %s (%s)",
                     row->name, text, row->fallback, row->meaning);
        if (!row->is_set)
            readers[i](row->fallback);
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
