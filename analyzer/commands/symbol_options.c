/* symbol_options.c -- The options of every command that names functions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/symbol_options.h"

#include "base/text.h"
#include "symbols/debuginfod.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path, size_t length)
{
    struct text copy = {0};
    struct stat status;
    text_add_n(&copy, path, length);
    bool good = stat(copy.bytes, &status) == 0 && S_ISDIR(status.st_mode);
    text_done(&copy);
    return good;
}

bool symbol_options_check(const struct symbol_sources *sources, struct error *error)
{
    const char *at = sources->debug_dirs;
    while (at && *at) {
        size_t length = strcspn(at, ":");
        if (length > 0 && !is_folder(at, length))
            return error_set(error, NULL, "--debug-dir: %.*s is not a folder", (int)length, at);
        at += length + (at[length] == ':');
    }
    char *servers = sources->debuginfod ? debuginfod_servers() : NULL;
    bool known = servers != NULL;
    free(servers);
    if (sources->debuginfod && !known)
        return error_set(error, "set DEBUGINFOD_URLS to the address of a server",
                         "--debuginfod: DEBUGINFOD_URLS names no server");
    return true;
}
