/* series.h -- The snapshots in a folder, by process and number.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_SERIES_H
#define ANALYZER_STORE_SERIES_H

#include "store/store.h"

/* A file that looks like a snapshot by its name and is none, and why. */
struct series_skipped {
    char *path, *why;
};

struct series {
    VEC(struct store *) snapshots; /* facts only; by host, process and number */
    VEC(struct series_skipped) skipped;
    size_t unfinished; /* left by processes that died, or being written now */
};

/* Reads the snapshots in FOLDER, and not below it; files of other kinds are passed over. With PID
 * not 0 only those of the process that has this number and, STARTED_NS not being 0, began then.
 * NULL with ERROR filled when the folder cannot be read. */
struct series *series_open(const char *folder, int64_t pid, int64_t started_ns,
                           struct error *error);
void series_close(struct series *series);

/* Whether snapshot AT is the first of its process. */
bool series_begins(const struct series *series, size_t at);

#endif
