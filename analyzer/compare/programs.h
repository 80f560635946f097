/* programs.h -- Snapshots of several processes, compared program by program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_PROGRAMS_H
#define ANALYZER_COMPARE_PROGRAMS_H

#include "compare/comparison.h"

/* Begins as {0}. */
struct programs {
    VEC(struct comparison *) list; /* of every program with two snapshots of a life or more */
    VEC(struct comparison_process) processes; /* of all lives, in order of time */
    struct comparison *main; /* grew most: the one to speak of, with all processes; one of LIST */
};

/* LIVES is borrowed until programs_done; lives_are_several() of it. False with ERROR filled when a
 * file cannot be read. */
bool programs_compare(struct programs *programs, const struct lives *lives,
                      const struct comparison_options *options, struct error *error);
void programs_done(struct programs *programs);

#endif
