/* objects_text.h -- The objects of heap snapshots for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_OBJECTS_TEXT_H
#define ANALYZER_PRINT_OBJECTS_TEXT_H

#include "base/term.h"
#include "objects/objects.h"

struct objects_text_options {
    struct term term;
    int64_t top;       /* most types listed */
    bool all;          /* also those that do not grow */
    bool has_headline; /* the verdict first */
};

void objects_text(const struct objects *objects, const struct objects_text_options *options,
                  struct text *out);

#endif
