/* debuginfod.h -- Files fetched from debuginfod servers, only when that was asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_DEBUGINFOD_H
#define ANALYZER_SYMBOLS_DEBUGINFOD_H

#include "symbols/build_id.h"
#include "symbols/symbols.h"

enum debuginfod_kind {
    DEBUGINFOD_DEBUG_INFO,
    DEBUGINFOD_EXECUTABLE,
};

/* Removes the servers from the environment, so that only debuginfod_open asks them. */
void debuginfod_hide(void);

/* Whether SOURCES or the environment ask for it. */
bool debuginfod_is_wanted(const struct symbol_sources *sources);

/* The servers: $DEBUGINFOD_URLS, or else what lies in /etc/debuginfod. NULL when there are none;
 * free it. */
char *debuginfod_servers(void);

/* Fetches a file, or takes it from debuginfod's own cache; WHAT names the module on stderr while
 * that takes long. A file descriptor with *PATH (free it), or -1. After a server did not answer,
 * says so and asks no more in this run. */
int debuginfod_open(const struct symbol_sources *sources, const struct build_id *id,
                    enum debuginfod_kind kind, const char *what, char **path);

#endif
