/* export.h -- Snapshots for other tools: which formats there are, and how files are made of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_EXPORT_H
#define ANALYZER_EXPORT_EXPORT_H

#include "export/set.h"

struct export_request {
    const char *const *paths; /* of snapshots, in the order of time */
    size_t count;
    const char *format; /* a name from EXPORT_FORMATS */
    const char *target; /* file or folder; NULL: stdout */
    const struct rules *rules;
    const struct symbol_sources *sources; /* of names; NULL: the usual ones */
    enum class_by class_by;
    enum root_by root_by;
    bool growth;         /* only what grew from the first to the last */
    int64_t most_blocks; /* that become an object each; 0: as many as DevTools can read */
    bool all_frames;     /* also in formats that begin at the site */
    bool grouped;        /* one object per stack, size and age instead of one per block */
};

#define EXPORT_FORMATS "heapsnapshot|heaptimeline|heapprofile|pprof|folded|json"

/* Writes the files and says on stdout what they are called, on stderr what to know about them.
 * False with ERROR filled on the first that cannot be made. */
bool export_run(const struct export_request *request, struct error *error);

#endif
