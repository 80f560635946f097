/* balance.h -- Sums and bounds of RSS growth that the verdict and its sentence share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_BALANCE_H
#define ANALYZER_JUDGE_BALANCE_H

#include "judge/verdict.h"

/* Bytes by which a site of a healthy process of so many bytes of RSS may grow between two snapshots
 * or, in a series, from the first to the last. */
int64_t balance_usual(int64_t rss_first, bool is_series);

/* Bytes by which the RSS of a healthy process changes. */
int64_t balance_usual_rss(int64_t rss_first);

/* Growth of RSS in bytes; BALANCE_RSS_NOISE: what a healthy process changes by. */
int64_t balance_rss(const struct verdict_input *input);
int64_t balance_rss_noise(const struct verdict_input *input);

/* Growth of RSS without what recording and its snapshots took. */
int64_t balance_program(const struct verdict_input *input);

/* Growth of native blocks and buffers, and what sampling, churn and a healthy process change it by.
 */
int64_t balance_live(const struct verdict_input *input);
int64_t balance_live_noise(const struct verdict_input *input);

/* Growth of native blocks and buffers at sites that convince. */
int64_t balance_convincing(const struct verdict_input *input);

/* Whether objects of the JavaScript heap that stay are known, whatever the heap's mappings do: a
 * heap with room grows inside. */
bool balance_has_js(const struct verdict_input *input);

#endif
