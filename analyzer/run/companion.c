/* companion.c -- The script that Node programs load, so that they can be asked for more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/companion.h"

#include "run/launch.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMPANION "heapdiff-node.cjs"

/* Beside the shim in a build folder, one folder deeper in an installation. */
bool companion_find(const char *shim, struct text *path)
{
    static const char *const places[] = {"", "heapdiff/"};
    const char *name = text_base_name(shim);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct text place = {0};
        text_add_n(&place, shim, (size_t)(name - shim));
        text_format(&place, "%s" COMPANION, places[i]);
        bool found = access(place.bytes, R_OK) == 0;
        if (found)
            text_add(path, place.bytes);
        text_done(&place);
        if (found)
            return true;
    }
    return false;
}

static bool is_one_of(const char *name, const char *const *list)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

/* A program without a slash is looked for in PATH, as execvp does. */
static int open_program(const char *name)
{
    const char *folders = strchr(name, '/') ? NULL : getenv("PATH"); /* NOLINT: it has a name */
    int fd = folders ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    while (fd < 0 && folders && *folders) {
        char path[PATH_MAX];
        size_t length = strcspn(folders, ":");
        snprintf(path, sizeof path, "%.*s/%s", (int)length, folders, name);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        folders += length + (folders[length] == ':');
    }
    return fd;
}

static bool is_script(const char *program)
{
    char start[2] = "";
    int fd = open_program(program);
    bool script = fd >= 0 && read(fd, start, 2) == 2 && start[0] == '#' && start[1] == '!';
    if (fd >= 0)
        close(fd);
    return script;
}

/* A required file that may not be read ends the program (Node 20). */
bool companion_is_refused(char *const *program)
{
    const char *options = getenv("NODE_OPTIONS");
    bool restricted = options && strstr(options, "-permission");
    for (size_t i = 1; program[i] && !restricted; i++)
        restricted = text_starts(program[i], "--permission") ||
                     text_starts(program[i], "--experimental-permission");
    return restricted;
}

bool companion_may_help(char *const *program, bool is_followed)
{
    static const char *const names[] = {"node", "nodejs", "npm",  "npx", "pnpm", "yarn",
                                        "sh",   "bash",   "dash", "zsh", NULL};
    if (companion_is_refused(program))
        return false;
    for (size_t i = 0; program[i]; i++)
        if (is_one_of(text_base_name(program[i]), names))
            return true;
    return is_followed || is_script(program[0]);
}

void companion_hint(struct error *error)
{
    struct text shim = {0}, path = {0};
    struct error ignored;
    if (launch_find_shim(&shim, &ignored) && companion_find(shim.bytes, &path))
        snprintf(error->hint, sizeof error->hint,
                 "start it with heapdiff run, or with NODE_OPTIONS=\"--require %s\"", path.bytes);
    else
        snprintf(error->hint, sizeof error->hint,
                 "start it with heapdiff run of an installation that has " COMPANION);
    text_done(&shim);
    text_done(&path);
}
