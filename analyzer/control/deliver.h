/* deliver.h -- Moving a finished snapshot to the place that the user asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CONTROL_DELIVER_H
#define ANALYZER_CONTROL_DELIVER_H

#include "base/error.h"
#include "base/text.h"
#include "control/target.h"

#include <sys/types.h>

struct deliver {
    struct text wanted; /* absolute path of the file or folder; empty: as the process decides */
    struct text lent;   /* a folder made for the process to write into; empty: none */
    bool is_folder;
    struct target target;
};

/* PATH may be NULL. False with ERROR filled when its folder is not there, or when what lies there
 * may not be replaced. */
bool deliver_init(struct deliver *deliver, pid_t pid, const char *path, struct error *error);
void deliver_done(struct deliver *deliver);

/* The paths to ask the process for, one after the other while it answers that it cannot write
 * there: "" when it must decide by itself. NULL: there is no other. TRY counts from 0. */
const char *deliver_asked_path(struct deliver *deliver, int try);

/* Moves the file at ANSWER, as the process names it, to the wanted place. Adds its new path to
 * PATH. */
bool deliver_finish(const struct deliver *deliver, const char *answer, struct text *path,
                    struct error *error);

#endif
