/* work.h -- A job under way, shared by measure.c and its parts alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_WORK_H
#define ANALYZER_RUN_WORK_H

#include "run/child.h"
#include "run/descendants.h"
#include "run/listeners.h"
#include "run/measure.h"
#include "run/operations_file.h"
#include "run/serving.h"
#include "run/steady.h"

#define WORK_FOREVER (-1)
#define WORK_FOREIGN_HINT                                                                          \
    "a daemon that ran before has it (PM2: pm2 kill), another user's process, or a container; "    \
    "stop "                                                                                        \
    "it first, or record that program itself"
#define INTERRUPTED 130 /* an error's code after Ctrl-C, as a shell says it */

struct work {
    const struct measure_plan *plan;
    struct measure_result *result;
    struct error *error;
    struct child server, load;
    pid_t root;         /* the process that was started, also after its end */
    bool root_has_left; /* it ended with status 0 and left others behind: pm2 start */
    int signals;        /* readable when somebody asks us to stop */
    struct operations_file operations; /* of the load */
    bool repeats;                      /* a short load is run several times; */
    int64_t operations_before;         /* what all runs of it have said; -1: not known */
    struct descendants tree;
    struct serving serving;
    struct connections connections;
    VEC(pid_t) seen; /* descendants, those that have ended too */
};

enum work_event { WORK_TIME, WORK_LOAD_ENDED, WORK_BROKEN };

void work_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t work_now_ms(void);

/* Waits up to MS (WORK_FOREVER: until something happens). WORK_BROKEN fills the error. */
enum work_event work_wait(struct work *work, int64_t ms);

/* Reads the tree and who serves in it. */
enum serving_state work_look(struct work *work);

/* What the serving processes have resident, in bytes. */
int64_t work_resident(const struct work *work);

#endif
