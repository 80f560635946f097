/* hold.h -- Locks all tables while the process is copied.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RECORD_HOLD_H
#define RECORD_HOLD_H

#include <stdbool.h>

/* Which locks the caller holds. */
struct hold {
    bool pools, creations, maps, modules, jitcode;
};

/* Takes the locks of all tables that are changed under a lock. False when one cannot be had,
 * because the caller is a signal handler that interrupted its owner: the copy will find that table
 * in the middle of a change. */
bool hold_all(struct hold *hold);

/* Gives those back that were taken; also in the copy. */
void hold_release(const struct hold *hold);

#endif
