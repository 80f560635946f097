/* launch.c -- Starting a program under the shim: its environment, and where the shim is.
 *
 * The shim is found by $HEAPDIFF_LIB, else beside the executable (a build folder), else in lib
 * beside bin (an installation, wherever it was moved to), else where it was to be installed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/launch.h"

#include "base/place.h"
#include "base/text.h"
#include "run/companion.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHIM "libheapdiff.so"

/* Interpreted functions get code of their own, so that they can have names. Writes nothing. */
#define JIT_FLAG "--interpreted-frames-native-stack"
#define MAP_FLAG "--perf-basic-prof"

/* Stacks would end at a function that the JVM has compiled, and lack those that were made a part of
 * their callers. The launcher of JDK 9 and later takes it from here, and says so on stderr. */
#define JAVA_FLAGS "-XX:+PreserveFramePointer -XX:-Inline"

#define PYTHON_SAMPLE "4096"
#define JS_SAMPLE     "131072" /* see docs/performance.md */

/* Adds the folder of our own executable. */
static bool add_own_folder(struct text *path)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length <= 0)
        return false;
    own[length] = '\0';
    text_add(path, dirname(own));
    return true;
}

static bool try_place(struct text *path, bool beside_us, const char *rest)
{
    path->length = 0;
    text_add(path, "");
    if (beside_us && !add_own_folder(path))
        return false;
    text_format(path, "%s/" SHIM, rest);
    return access(path->bytes, R_OK) == 0;
}

bool launch_find_shim(struct text *path, struct error *error)
{
    const char *given = getenv("HEAPDIFF_LIB");
    if (given && *given) {
        text_add(path, given);
        if (access(given, R_OK) == 0)
            return true;
        return error_set(error, "unset HEAPDIFF_LIB, or name the library", "cannot read %s: %s",
                         given, strerror(errno));
    }
    if (try_place(path, true, "") || try_place(path, true, "/../lib") ||
        try_place(path, true, "/../" HEAPDIFF_LIBDIR) ||
        try_place(path, false, HEAPDIFF_FULL_LIBDIR))
        return true;
    return error_set(error, "name it with HEAPDIFF_LIB=/path/to/" SHIM, "cannot find " SHIM);
}

/* Whole entries only: a path that begins with ours is another library. */
static bool has_entry(const char *list, const char *value, const char *separators)
{
    size_t length = strlen(value);
    for (const char *at = list; (at = strstr(at, value)); at++)
        if ((at == list || strchr(separators, at[-1])) && strchr(separators, at[length]))
            return true;
    return false;
}

/* Variables may be lists already: the user's part stays. The first separator parts the two. */
static void prepend(const char *name, const char *value, const char *separators)
{
    struct text list = {0};
    const char *old = getenv(name);
    if (!old || !has_entry(old, value, separators)) {
        text_add(&list, value);
        if (old && *old)
            text_format(&list, "%c%s", *separators, old);
        setenv(name, list.bytes, 1);
    }
    text_done(&list);
}

static void set_number(const char *name, int64_t number)
{
    char digits[32];
    if (number < 0)
        return;
    snprintf(digits, sizeof digits, "%" PRId64, number);
    setenv(name, digits, 1);
}

/* What the name stands for, unless the shim fills it in. */
static bool find_place(struct text *path, struct error *error)
{
    struct text real = {0};
    bool good = strchr(path->bytes, '%') || place_find_file(path->bytes, &real, error);
    if (good && real.length) {
        path->length = 0;
        text_add(path, real.bytes);
    }
    text_done(&real);
    return good;
}

/* Said now and not when the program has run for a week. What the shim fills in, we cannot look at.
 */
static bool check_folder(const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/'); /* the path is absolute */
    struct text folder = {0};
    text_add_n(&folder, path, (size_t)(slash - path) + 1);
    bool good = strchr(folder.bytes, '%') || access(folder.bytes, W_OK) == 0;
    if (!good && errno == ENOENT)
        error_set(error, "make it first", "cannot write %s: there is no folder %s", path,
                  folder.bytes);
    else if (!good)
        error_set(error, NULL, "cannot write %s: %s", path, strerror(errno));
    text_done(&folder);
    return good;
}

/* The program may change its folder before a snapshot is written. */
static bool set_out(const char *out, struct error *error)
{
    struct text path = {0};
    struct stat status;
    char *folder = out[0] == '/' ? NULL : getcwd(NULL, 0);
    if (folder)
        text_format(&path, "%s/", folder);
    text_add(&path, out);
    if (stat(path.bytes, &status) == 0 && S_ISDIR(status.st_mode))
        text_add(&path, "/heapdiff.%e.%p.%n.db");
    bool good = find_place(&path, error) && check_folder(path.bytes, error);
    setenv("HEAPDIFF_OUT", path.bytes, 1);
    free(folder);
    text_done(&path);
    return good;
}

/* CPython keeps small objects in arenas of its own, where they are no blocks. With malloc each has
 * its own stack. There are so many that a sample tells enough. */
static void set_python(const struct launch *launch)
{
    if (getenv("PYTHONMALLOC"))
        return; /* the user knows better */
    setenv("PYTHONMALLOC", "malloc", 1);
    if (launch->sample < 0 && !getenv("HEAPDIFF_SAMPLE"))
        setenv("HEAPDIFF_PYTHON_SAMPLE", PYTHON_SAMPLE, 0);
}

static void set_options(const struct launch *launch)
{
    set_number("HEAPDIFF_SAMPLE", launch->sample);
    set_number("HEAPDIFF_DEPTH", launch->depth);
    if (launch->interval >= 0) {
        char seconds[32];
        snprintf(seconds, sizeof seconds, "%.9g", launch->interval);
        setenv("HEAPDIFF_INTERVAL", seconds, 1);
    }
    if (launch->follow)
        setenv("HEAPDIFF_FOLLOW", "1", 1);
    if (launch->is_job) {
        setenv("HEAPDIFF_AT_EXIT", "0", 1);
        setenv("HEAPDIFF_TIMELINE", "1", 0); /* the user's own is kept */
        set_python(launch);
    }
}

/* Node names the file that it cannot find and does not start: only one that is there is named. */
static bool require_companion(const char *shim)
{
    struct text option = {0};
    text_add(&option, "--require=");
    bool found = companion_find(shim, &option);
    if (found)
        prepend("NODE_OPTIONS", option.bytes, " ");
    text_done(&option);
    return found;
}

/* Why V8's code cannot be named by the companion, to which V8 announces it. NULL when it can, and
 * for a program that is not Node. */
static const char *set_companion(const struct launch *launch, const char *shim)
{
    if (!launch->program)
        return "without the companion";
    if (companion_is_refused(launch->program))
        return "because Node's permission model refuses the companion";
    bool is_there = companion_may_help(launch->program, launch->follow) && require_companion(shim);
    if (!is_there && companion_may_help(launch->program, false))
        return "because heapdiff-node.cjs is not beside the library";
    return NULL;
}

static void set_names(const struct launch *launch, const char *obstacle)
{
    if (!launch->jit && !launch->perf_map)
        return;
    prepend("NODE_OPTIONS", JIT_FLAG, " ");
    if (launch->perf_map || obstacle)
        prepend("NODE_OPTIONS", MAP_FLAG, " ");
    if (obstacle && !launch->perf_map)
        fprintf(stderr,
                "heapdiff: %s, Node names its code by " MAP_FLAG
                ": it writes isolate-*-v8.log into its folder, and /tmp/perf-PID.map\n",
                obstacle);
    setenv("PYTHONPERFSUPPORT", "1", 1);
    if (launch->is_job)
        prepend("JDK_JAVA_OPTIONS", JAVA_FLAGS, " ");
    setenv("HEAPDIFF_JS_SAMPLE", JS_SAMPLE, 0); /* the user's own is kept */
}

bool launch_prepare(const struct launch *launch, struct error *error)
{
    struct text shim = {0};
    bool good = launch_find_shim(&shim, error);
    if (good && strpbrk(shim.bytes, " :")) /* LD_PRELOAD is a list parted by these */
        good = error_set(error, "put it into a folder without blanks and colons, or link to it",
                         "%s cannot be preloaded", shim.bytes);
    good = good && (!launch->out || set_out(launch->out, error));
    if (good) {
        prepend("LD_PRELOAD", shim.bytes, ": ");
        set_options(launch);
        set_names(launch, set_companion(launch, shim.bytes));
    }
    text_done(&shim);
    return good;
}

void launch_exec(char *const *program, struct error *error)
{
    execvp(program[0], program);
    error_set(error, NULL, "cannot run %s: %s", program[0], strerror(errno));
    error->code = errno == ENOENT || errno == ENOTDIR ? 127 : 126;
}
