/* measure.h -- The whole job: start a server recorded, bring it to a steady state, load it,
 * compare.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_MEASURE_H
#define ANALYZER_RUN_MEASURE_H

#include "base/text.h"
#include "run/launch.h"

struct measure_plan {
    char *const *program;
    struct launch launch;
    const char *load; /* shell command; NULL: whatever the program does by itself */
    const char
        *output;     /* folder, or start of the names of both snapshots; NULL: the program's name */
    int port;        /* that the server opens when it is ready; 0: not known */
    double warm_up;  /* seconds of load before the first snapshot */
    double duration; /* seconds of load between both; 0: until the load ends */
};

/* Runs the job and adds the paths of both snapshots to STEADY and LOADED. Whatever happens, no
 * child is left. Tells on stderr what it does. */
bool measure_run(const struct measure_plan *plan, struct text *steady, struct text *loaded,
                 struct error *error);

#endif
