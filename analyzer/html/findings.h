/* findings.h -- What a page says beside its sites: resources that became more, processes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_FINDINGS_H
#define ANALYZER_HTML_FINDINGS_H

#include "compare/comparison.h"

/* Arrays, to be given to cJSON_Delete. SITE_INDEX: by a site's number in the table its number on
 * the page, -1 when it is not there. */
struct cJSON;
struct cJSON *findings_resources(const struct comparison *comparison, const int64_t *site_index);
struct cJSON *findings_processes(const struct comparison *comparison);

#endif
