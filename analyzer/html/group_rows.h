/* group_rows.h -- Labels or threads on a page, and what each stack has of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_GROUP_ROWS_H
#define ANALYZER_HTML_GROUP_ROWS_H

#include "compare/listing.h"
#include "html/words.h"

/* BY_SITES: whatever was recorded, labels first; "groups":null when nothing was. STACK_ROWS: by
 * index of the member its row on the page, -1 when it has none. */
void group_rows_write(const struct comparison *comparison, enum listing_by by,
                      const int64_t *stack_rows, struct words *words, struct text *out);

#endif
