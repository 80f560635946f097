/* verdict.c -- From the parts of RSS growth to one sentence.
 *
 * Live bytes are counted, RSS is what the kernel happens to keep resident; so live growth speaks
 * first, also when RSS has not followed yet. Then the largest part of what RSS grew by names the
 * kind. The bounds below are what a healthy program moves by between two looks at it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/verdict.h"

#include "base/units.h"

#define MIB              ((int64_t)1024 * 1024)
#define SMALL_RSS_SHARE  0.05 /* noise of a process of less than 20 MiB */
#define RSS_NOISE_SHARE  0.02
#define LIVE_NOISE_SHARE 0.01
#define LEAK_SHARE       0.2 /* of RSS growth: less than that is not what the user came for */
#define CONVINCING_SCORE 0.5 /* a site that speaks for itself though the sum of all shrank */

const char *verdict_name(enum verdict_kind kind)
{
    static const char *const names[] = {"leak",    "js-heap", "retention",
                                        "mapping", "none",    "not-measurable"};
    return names[kind];
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t rss_noise(const struct verdict_input *input)
{
    int64_t small = (int64_t)(SMALL_RSS_SHARE * (double)input->rss_first);
    return larger(small < MIB ? small : MIB, (int64_t)(RSS_NOISE_SHARE * (double)input->rss_first));
}

static int64_t live_noise(const struct verdict_input *input)
{
    int64_t small = (int64_t)(SMALL_RSS_SHARE * (double)input->rss_first);
    return larger(small < MIB ? small : MIB,
                  (int64_t)(LIVE_NOISE_SHARE * (double)input->live_first));
}

static int64_t rss_growth(const struct verdict_input *input)
{
    return store_sum(input->rss_last, -input->rss_first);
}

static int64_t sum_live_growth(const struct verdict_input *input)
{
    return store_sum(input->growth.bytes[PART_NATIVE_BLOCKS], input->growth.bytes[PART_BUFFERS]);
}

/* The sum of all sites, or the growth of one that convinces by itself. */
static int64_t live_growth(const struct verdict_input *input)
{
    int64_t sum = sum_live_growth(input);
    bool convincing = input->top_score >= CONVINCING_SCORE && !input->top_is_mapping;
    return convincing ? larger(sum, input->top_growth) : sum;
}

static enum verdict_kind largest_kind(const struct verdict_input *input)
{
    static const enum verdict_kind kinds[PART_COUNT] = {
        VERDICT_LEAK,    VERDICT_LEAK,    VERDICT_JS_HEAP, VERDICT_RETENTION,
        VERDICT_MAPPING, VERDICT_MAPPING, VERDICT_NONE};
    int64_t sums[VERDICT_NOT_MEASURABLE] = {0};
    enum verdict_kind best = VERDICT_NONE;
    for (int i = 0; i < PART_OTHER; i++)
        sums[kinds[i]] = store_sum(sums[kinds[i]], input->growth.bytes[i]);
    for (int kind = 0; kind < VERDICT_NONE; kind++) {
        if (sums[kind] > rss_noise(input) / 2 && sums[kind] > sums[best])
            best = (enum verdict_kind)kind;
    }
    return best;
}

static enum verdict_kind decide(const struct verdict_input *input)
{
    int64_t grown = live_growth(input), rss = rss_growth(input);
    if (input->not_measurable)
        return VERDICT_NOT_MEASURABLE;
    if (grown > live_noise(input) && (double)grown >= LEAK_SHARE * (double)rss)
        return VERDICT_LEAK;
    if (rss <= rss_noise(input))
        return VERDICT_NONE;
    return largest_kind(input);
}

static void say_top(const struct verdict_input *input, int64_t whole, struct text *text)
{
    if (!input->top_name || input->top_growth <= 0)
        return;
    if (input->top_growth * 2 >= whole)
        text_format(text, ", most of them from %s", input->top_name);
    else
        text_format(text, ", the most (%s) from %s", units_bytes(input->top_growth).text,
                    input->top_name);
}

static void say_leak(const struct verdict_input *input, struct text *text)
{
    bool buffers = input->growth.bytes[PART_BUFFERS] > input->growth.bytes[PART_NATIVE_BLOCKS];
    const char *what = buffers ? "off-heap buffers" : "native blocks";
    int64_t part = input->growth.bytes[buffers ? PART_BUFFERS : PART_NATIVE_BLOCKS];
    int64_t rss = rss_growth(input);
    if (part < input->top_growth) { /* the sum of all shrank, but this site did not */
        what = input->top_is_buffer ? "off-heap buffers" : "native blocks";
        part = input->top_growth;
    }
    if (rss > rss_noise(input) && part <= rss)
        text_format(text, "RSS grew by %s; %s of it are %s that are still live",
                    units_bytes(rss).text, units_bytes(part).text, what);
    else
        text_format(text, "%s of %s were added and are still live, while RSS changed by %s",
                    units_bytes(part).text, what, units_signed_bytes(rss).text);
    say_top(input, part, text);
}

static void say_mapping(const struct verdict_input *input, struct text *text)
{
    int64_t mappings = input->growth.bytes[PART_MAPPINGS];
    int64_t stacks = input->growth.bytes[PART_THREAD_STACKS];
    text_format(text, "RSS grew by %s; %s of it are %s that nobody unmapped",
                units_bytes(rss_growth(input)).text, units_bytes(larger(mappings, stacks)).text,
                stacks > mappings ? "stacks of threads" : "mappings");
    if (input->top_is_mapping)
        say_top(input, mappings, text);
}

static void say_none(const struct verdict_input *input, struct text *text)
{
    int64_t rss = rss_growth(input);
    if (rss <= rss_noise(input))
        text_format(text,
                    "Nothing grew beyond noise: RSS changed by %s (noise is %s), live blocks by %s",
                    units_signed_bytes(rss).text, units_bytes(rss_noise(input)).text,
                    units_signed_bytes(sum_live_growth(input)).text);
    else
        text_format(text,
                    "RSS grew by %s, but no part of the program's memory explains it: "
                    "%s is heapdiff's own, live blocks changed by %s",
                    units_bytes(rss).text, units_bytes(input->growth.heapdiff).text,
                    units_signed_bytes(sum_live_growth(input)).text);
}

static void say(const struct verdict_input *input, enum verdict_kind kind, struct text *text)
{
    struct units_text rss = units_bytes(rss_growth(input));
    switch (kind) {
    case VERDICT_LEAK:
        say_leak(input, text);
        break;
    case VERDICT_JS_HEAP:
        text_format(text,
                    "RSS grew by %s; %s of it is the JavaScript heap, where a V8 heap snapshot "
                    "(node --heapsnapshot-signal=SIGUSR2) tells more",
                    rss.text, units_bytes(input->growth.bytes[PART_JS_HEAP]).text);
        break;
    case VERDICT_RETENTION:
        text_format(text,
                    "RSS grew by %s, live blocks by %s: the allocator holds %s more that nobody "
                    "uses, which is retention and not a leak",
                    rss.text, units_signed_bytes(sum_live_growth(input)).text,
                    units_bytes(input->growth.bytes[PART_RETENTION]).text);
        break;
    case VERDICT_MAPPING:
        say_mapping(input, text);
        break;
    case VERDICT_NONE:
        say_none(input, text);
        break;
    case VERDICT_NOT_MEASURABLE:
        text_format(text, "Not measurable: %s", input->not_measurable);
        break;
    }
    text_add(text, ".");
}

struct verdict verdict_reach(const struct verdict_input *input)
{
    struct verdict verdict = {.kind = decide(input)};
    say(input, verdict.kind, &verdict.text);
    return verdict;
}
