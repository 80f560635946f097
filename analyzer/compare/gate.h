/* gate.h -- A threshold for growth, for CI: passed, exceeded, or not measurable.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_GATE_H
#define ANALYZER_COMPARE_GATE_H

#include "compare/accepted.h"

#include <regex.h>

struct gate {
    int64_t limit; /* bytes that the sites may grow by together, beyond what is accepted */
    bool has_site;
    const char *pattern; /* of `site` */
    regex_t site;        /* only sites whose names match count */
    struct accepted *accepted;
};

/* WORDS: "1MiB" or "1MiB,site=REGEX". False with ERROR filled when it is neither; gate_done when it
 * was true. */
bool gate_init(struct gate *gate, const char *words, struct error *error);
void gate_done(struct gate *gate);

/* True when the site's name matches, so that its growth counts. */
bool gate_counts(const struct gate *gate, const struct site *site);

/* The site's growth beyond what is accepted; 0 when it does not grow or does not count. */
int64_t gate_excess(const struct gate *gate, const struct site *site);

struct gate_result {
    int code; /* EXIT_DONE, EXIT_EXCEEDED, EXIT_NOT_MEASURABLE */
    int64_t growth_bytes, accepted_bytes;
    size_t failing, accepted_sites;
    char words[768]; /* one line without a full stop: the reason, or that it has passed */
};

void gate_judge(const struct gate *gate, const struct comparison *comparison,
                struct gate_result *result);

#endif
