/* measure.h -- The whole job: start, steady state, load, snapshots, comparison.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_MEASURE_H
#define ANALYZER_RUN_MEASURE_H

#include "base/memory.h"
#include "base/text.h"
#include "run/launch.h"

#include <sys/types.h>

#define MEASURE_SNAPSHOTS 5 /* of each process, by default */

struct measure_plan {
    char *const *program;
    struct launch launch;
    const char *load;   /* shell command; NULL: whatever the program does by itself */
    const char *output; /* folder, or start of the snapshots' names; NULL: the program's name */
    int port;           /* that the server opens when it is ready; 0: not known */
    int snapshots;      /* of each process, at least 2: steady, some during the load, loaded */
    double warm_up;     /* seconds of load before the first snapshot, at least */
    bool may_wait;      /* warm up for longer, bounded, while memory is still settling */
    double duration;    /* seconds of load between first and last; 0: until the load ends */
};

/* One process that was measured. */
struct measured {
    pid_t pid;
    uint64_t started;        /* see struct descendant */
    const char *command;     /* as "node server.js (pid 1685), started by npm start" */
    VEC(const char *) paths; /* of its snapshots, in order of time */
    bool has_ended;          /* before the last moment */
    bool came_late;          /* after the first moment */
    bool has_no_collector;   /* that answers: it is not asked for again, which may take seconds */
};

/* Begins as {0}. */
struct measure_result {
    VEC(struct measured) processes;
    int load_status;      /* as a shell says it; -1: no load, or it was ended by us */
    int64_t connections;  /* to the port while the load ran, at least; -1: not known */
    const char *obstacle; /* why nothing can be concluded from it; NULL */
    struct pool *texts;
};

/* Runs the job. Whatever happens, no child is left; says on stderr what it does. */
bool measure_run(const struct measure_plan *plan, struct measure_result *result,
                 struct error *error);
void measure_done(struct measure_result *result);

#endif
