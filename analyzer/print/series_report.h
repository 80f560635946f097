/* series_report.h -- The snapshots of a folder or a process, as text and as JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_SERIES_REPORT_H
#define ANALYZER_PRINT_SERIES_REPORT_H

#include "base/term.h"
#include "base/text.h"
#include "store/series.h"

/* A running process that was asked about; NULL pointers and 0 when it was a folder. */
struct series_process {
    int64_t pid;
    const char *pattern; /* where its snapshots go, placeholders not filled in */
    const char *folder;  /* that was read */
    int64_t taken;       /* how many it has written, here and elsewhere */
};

/* One table a process; times are local. PROCESS may be NULL. */
void series_report_text(const struct series *series, const struct series_process *process,
                        const struct term *term, struct text *out);
void series_report_json(const struct series *series, const struct series_process *process,
                        struct text *out);

#endif
