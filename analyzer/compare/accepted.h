/* accepted.h -- Growth that users accept: suppressions and baselines.
 *
 * A suppression file has a line for each pattern (`*` stands for any characters, `#` begins a
 * comment): `site NAME` and `file NAME`, `module NAME` of the frame that names the site, or `frame
 * NAME` of any function in the stack that is shown. A baseline has a line for each site that may
 * grow: bytes, kind, function and file (or `-`), separated by tabs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_ACCEPTED_H
#define ANALYZER_COMPARE_ACCEPTED_H

#include "compare/comparison.h"

struct accepted;
struct accepted *accepted_new(void);
void accepted_free(struct accepted *accepted);

/* Read a file; false with ERROR filled (file and line) when it cannot be used. */
bool accepted_read_suppressions(struct accepted *accepted, const char *path, struct error *error);
bool accepted_read_baseline(struct accepted *accepted, const char *path, struct error *error);

#define ACCEPTED_ALL INT64_MAX

/* How much the site may grow: 0 when no file names it, ACCEPTED_ALL when it is suppressed. */
int64_t accepted_bytes(const struct accepted *accepted, const struct site *site);

/* Writes a baseline: every growing site with its growth and a fifth more. */
bool accepted_write_baseline(const struct comparison *comparison, const char *path,
                             struct error *error);

#endif
