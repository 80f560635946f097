/* debugfiles.h -- Where a module's file and its debug information may lie.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SYMBOLS_DEBUGFILES_H
#define ANALYZER_SYMBOLS_DEBUGFILES_H

#include "base/memory.h"
#include "base/text.h"
#include "symbols/build_id.h"
#include "symbols/symbols.h"

/* The search for the files of one module. Zero-initialise it, then set the first four. */
struct debugfiles {
    const char *path; /* of the module, as it was mapped */
    int64_t pid;      /* 0: none */
    struct build_id id;
    const struct symbol_sources *sources;

    struct text looked_at; /* every path that was tried, each with its final zero */
    bool saw_other;        /* there was a file, but with another build id */
};
void debugfiles_done(struct debugfiles *files);

/* Opens the file that was mapped, or its debug file when that is gone: *PATH, in POOL, names it.
 * Returns a file descriptor, or -1. Only for modules with a build id. */
int debugfiles_open_module(struct debugfiles *files, struct pool *pool, const char **path);

/* Opens the separate debug file of the module whose file lies at PATH; LINK is what its
 * .gnu_debuglink says, or NULL. Returns a file descriptor, or -1; free *FOUND. */
int debugfiles_open_debug(struct debugfiles *files, const char *path, const char *link,
                          char **found);

/* The same for the file that several debug files share (dwz); its path as .gnu_debugaltlink gives
 * it is ALT_PATH, which may be relative to DEBUG_PATH's folder. */
int debugfiles_open_alt(struct debugfiles *files, const struct build_id *id, const char *alt_path,
                        const char *debug_path);

/* Opens a regular file for reading, and nothing else; -1 with errno set when that fails. */
int debugfiles_open(const char *path);

/* A stamp that changes with the content of the file at PATH, without reading it: "-" when there is
 * no file. Adds a text without its zero. */
void debugfiles_stamp(const char *path, struct text *stamp);

#endif
