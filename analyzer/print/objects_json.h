/* objects_json.h -- The objects of heap snapshots for programs: docs/objects.md has the fields.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_OBJECTS_JSON_H
#define ANALYZER_PRINT_OBJECTS_JSON_H

#include "base/text.h"
#include "objects/objects.h"

/* A whole document: of one snapshot, or of a comparison. At most TOP types. */
void objects_json(const struct objects *objects, int64_t top, struct text *out);

/* Adds "objects" and "findings" to the document ROOT. */
struct cJSON;
void objects_json_add(const struct objects *objects, int64_t top, struct cJSON *root);

#endif
