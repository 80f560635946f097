/* operations_file.h -- Where a load says how much work it has done.
 *
 * The load finds the file's name in its environment and writes a number into it: the units of work
 * (requests, jobs) that it has done in this run. A load that does not is none the worse.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_OPERATIONS_FILE_H
#define ANALYZER_RUN_OPERATIONS_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define OPERATIONS_VARIABLE "HEAPDIFF_OPS_FILE"

/* Zero-initialise it. */
struct operations_file {
    char path[256]; /* "": not made */
};

/* Makes an empty file that only its owner may read; false with ERROR filled when it cannot. */
bool operations_file_make(struct operations_file *file, struct error *error);
void operations_file_remove(struct operations_file *file);

/* Forgets what an earlier run has said. */
void operations_file_clear(const struct operations_file *file);

/* The number; -1 when none was written. What is no number is said on stderr. */
int64_t operations_file_read(const struct operations_file *file);

#endif
