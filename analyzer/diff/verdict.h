/* verdict.h -- One sentence: is it a leak, the JS heap, retention, a mapping, or nothing?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_DIFF_VERDICT_H
#define ANALYZER_DIFF_VERDICT_H

#include "base/text.h"
#include "diff/parts.h"

enum verdict_kind {
    VERDICT_LEAK,
    VERDICT_JS_HEAP,
    VERDICT_RETENTION,
    VERDICT_MAPPING,
    VERDICT_NONE,
    VERDICT_NOT_MEASURABLE,
};

/* All that the verdict is made from: no file, no table. */
struct verdict_input {
    struct parts growth;
    int64_t rss_first, rss_last;
    int64_t live_first;   /* live bytes of blocks and buffers in the first snapshot */
    const char *top_name; /* the site that ranks first; NULL when none grew */
    int64_t top_growth;
    double top_score;
    bool top_is_buffer;
    bool top_is_mapping;        /* kind mmap or shm */
    const char *not_measurable; /* why there is nothing to say; NULL when there is */
};

struct verdict {
    enum verdict_kind kind;
    struct text text; /* the sentence, with its full stop */
};

const char *verdict_name(enum verdict_kind kind);

/* text_done(&verdict.text) when it has been read. */
struct verdict verdict_reach(const struct verdict_input *input);

#endif
