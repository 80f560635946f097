/* debuginfod.c -- Files fetched from debuginfod servers, only when that was asked for.
 *
 * The client library is loaded when it is first needed: it brings curl and TLS with it, which most
 * runs have no use for. libdwfl would ask servers by itself, for each missing file and silently;
 * the reader's process therefore takes the variable out of its environment (debuginfod_hide) and
 * only this file puts it back, while it asks a server.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/debuginfod.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVER_FILES "/etc/debuginfod/*.urls"
#define PATIENCE_NS  1000000000 /* a download that takes longer is shown */

/* What of <elfutils/debuginfod.h> is used; the header comes with another package than libdw's. */
typedef struct debuginfod_client debuginfod_client;
typedef int find_function(debuginfod_client *, const unsigned char *, int, char **);
typedef int progress_function(debuginfod_client *, long, long);

static struct {
    debuginfod_client *client;
    find_function *find_debug_info, *find_executable;
    char *servers;
    bool is_started, is_silent; /* silent: it does not answer, ask no more */
    const char *what;           /* is being fetched */
    int64_t since_ns, shown_ns;
    bool is_shown;
} state;

void debuginfod_hide(void)
{
    const char *servers = getenv("DEBUGINFOD_URLS");
    if (servers && *servers && !state.servers)
        state.servers = strdup(servers);
    unsetenv("DEBUGINFOD_URLS");
}

bool debuginfod_is_wanted(const struct symbol_sources *sources)
{
    const char *servers = getenv("DEBUGINFOD_URLS");
    return sources->debuginfod || state.servers || (servers && *servers);
}

char *debuginfod_servers(void)
{
    const char *given = getenv("DEBUGINFOD_URLS");
    if (given && *given)
        return strdup(given);
    struct text all = {0};
    glob_t files;
    if (glob(SERVER_FILES, 0, NULL, &files) != 0)
        return NULL;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct text one = {0};
        if (text_read_file(&one, files.gl_pathv[i], 65536) && one.bytes)
            text_format(&all, "%s ", one.bytes);
        text_done(&one);
    }
    globfree(&files);
    bool empty = !all.bytes || all.bytes[strspn(all.bytes, " \n")] == '\0';
    if (empty)
        text_done(&all);
    return all.bytes;
}

/* One line that is overwritten on a terminal, one a file elsewhere. */
static void debuginfod_show(long done, long all)
{
    bool is_terminal = isatty(STDERR_FILENO);
    if (state.is_shown && !is_terminal)
        return;
    struct text line = {0};
    text_add(&line, is_terminal ? "\r\33[K" : "");
    text_add(&line, "heapdiff: fetching debug information of ");
    text_add_clean(&line, text_base_name(state.what), true);
    if (is_terminal && all > 0)
        text_format(&line, ": %s of %s", units_bytes(done).text, units_bytes(all).text);
    fprintf(stderr, "%s%s", line.bytes, is_terminal ? "" : "\n");
    state.is_shown = true;
    text_done(&line);
}

static int debuginfod_progress(debuginfod_client *client, long done, long all)
{
    int64_t now = clock_now();
    if (now - state.since_ns > PATIENCE_NS && now - state.shown_ns > PATIENCE_NS / 5) {
        debuginfod_show(done, all);
        state.shown_ns = now;
    }
    return 0; /* go on */
}

static void *function_of(void *library, const char *name)
{
    void *function = dlsym(library, name);
    state.is_silent |= !function;
    return function;
}

static void debuginfod_start(void)
{
    state.is_started = true;
    state.is_silent = true;
    if (!state.servers)
        state.servers = debuginfod_servers();
    void *library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!state.servers || !library) {
        fprintf(stderr, "heapdiff: cannot use debuginfod: %s\n",
                library ? "set DEBUGINFOD_URLS to the address of a server"
                        : "libdebuginfod.so.1 is missing (apt install libdebuginfod1)");
        return;
    }
    state.is_silent = false;
    debuginfod_client *(*begin)(void) =
        (debuginfod_client * (*)(void)) function_of(library, "debuginfod_begin");
    void (*set_progress)(debuginfod_client *, progress_function *) = (void (*)(
        debuginfod_client *, progress_function *))function_of(library, "debuginfod_set_progressfn");
    state.find_debug_info = (find_function *)function_of(library, "debuginfod_find_debuginfo");
    state.find_executable = (find_function *)function_of(library, "debuginfod_find_executable");
    state.client = state.is_silent ? NULL : begin();
    state.is_silent |= !state.client;
    if (state.client)
        set_progress(state.client, debuginfod_progress);
}

/* A server that does not know the file has answered. */
static void debuginfod_judge(int result)
{
    if (state.is_shown && isatty(STDERR_FILENO))
        fputs("\r\33[K", stderr);
    if (result >= 0 || result == -ENOENT)
        return;
    fprintf(stderr, "heapdiff: debuginfod does not answer (%s); continuing without it\n",
            strerror(-result));
    state.is_silent = true;
}

int debuginfod_open(const struct symbol_sources *sources, const struct build_id *id,
                    enum debuginfod_kind kind, const char *what, char **path)
{
    if (!debuginfod_is_wanted(sources) || id->length == 0)
        return -1;
    if (!state.is_started)
        debuginfod_start();
    if (state.is_silent)
        return -1;
    find_function *find =
        kind == DEBUGINFOD_DEBUG_INFO ? state.find_debug_info : state.find_executable;
    state.what = what;
    state.is_shown = false;
    state.since_ns = state.shown_ns = clock_now();
    char *found = NULL;
    setenv("DEBUGINFOD_URLS", state.servers, 1);
    int fd = find(state.client, id->bytes, (int)id->length, &found);
    unsetenv("DEBUGINFOD_URLS");
    debuginfod_judge(fd);
    if (fd < 0)
        return -1;
    struct build_id got = build_id_of_fd(fd);
    if (build_id_same(&got, id)) {
        *path = found;
        return fd;
    }
    free(found);
    close(fd);
    return -1;
}
