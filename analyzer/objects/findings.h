/* findings.h -- What a heap snapshot shows besides growth: waste, and what should be gone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_OBJECTS_FINDINGS_H
#define ANALYZER_OBJECTS_FINDINGS_H

#include "heapsnapshot/heap.h"
#include "objects/objects.h"

/* Adds the findings of HEAP to OBJECTS. False with ERROR filled when the file is damaged. */
bool findings_add(struct objects *objects, const struct heap *heap, struct error *error);

#endif
