/* facts.h -- Facts about a process's growth, for tests of its verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_ANALYZER_JUDGE_FACTS_H
#define TESTS_ANALYZER_JUDGE_FACTS_H

#include "judge/verdict.h"
#include "test.h"

#include <string.h>

#define MIB ((int64_t)1 << 20)

/* A server of 80 MiB. */
static inline struct verdict_input server(void)
{
    return (struct verdict_input){.rss_first = 80 * MIB, .rss_last = 80 * MIB};
}

/* One growing site. */
static inline void claim(struct verdict_input *input, enum claim kind, int64_t growth,
                         bool convinces)
{
    static const char *const names[] = {"handleUpload (server.js:42)", "readBody (body.js:7)",
                                        "map_pages (pages.c:9)", "start (threads.c:3)",
                                        "createSession (store.js:5)"};
    input->claims[kind] = (struct verdict_claim){.growth = growth,
                                                 .convincing = convinces ? growth : 0,
                                                 .name = names[kind],
                                                 .top_growth = growth};
}

static inline void grow(struct verdict_input *input, enum part part, int64_t bytes)
{
    input->growth.bytes[part] += bytes;
    input->rss_last += bytes;
}

static inline void expect(const struct verdict_input *input, enum verdict_kind kind,
                          const char *words)
{
    struct verdict verdict = verdict_reach(input);
    assert_string_equal(verdict_name(verdict.kind), verdict_name(kind));
    if (!strstr(verdict.text.bytes, words))
        fail_msg("'%s' is not in: %s", words, verdict.text.bytes);
    assert_int_equal(verdict.text.bytes[verdict.text.length - 1], '.');
    verdict_done(&verdict);
}

#endif
