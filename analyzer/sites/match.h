/* match.h -- Sites of one release found again in the next, where their lines have moved.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_SITES_MATCH_H
#define ANALYZER_SITES_MATCH_H

#include "sites/site.h"

/* After all snapshots were added and before site_table_finish: sites that only the first snapshot
 * knows become those of the same function, file and kind that only the last knows. Only for
 * snapshots of different processes; in one process code does not move. */
void match_moved(struct site_table *table);

#endif
