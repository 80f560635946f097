/* ids.h -- From the ids of a table's rows to the indexes of an array.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_IDS_H
#define ANALYZER_STORE_IDS_H

#include "base/map.h"

/* Zero-initialise it; ids_done gives everything back. Ids that number the rows, as those of a
 * snapshot do, cost four bytes each; any other id can be had too. */
struct ids {
    uint32_t *dense; /* by id: index + 1; 0: none */
    size_t capacity, count;
    struct map sparse;
};

void ids_done(struct ids *ids);
void ids_add(struct ids *ids, int64_t id, uint32_t index);

/* False when the id was never added. */
bool ids_find(const struct ids *ids, int64_t id, uint32_t *index);

#endif
