/* verdict.c -- From the parts of RSS growth to one sentence.
 *
 * Live bytes are counted, while the kernel decides how much of them stays resident. So live growth
 * comes first, even when RSS has not followed yet. Then the largest part of RSS growth decides the
 * kind. The bounds below are the changes of a healthy program between two snapshots.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/verdict.h"

#include "base/units.h"
#include "judge/advice.h"

#define MIB             ((int64_t)1024 * 1024)
#define SMALL_RSS_SHARE 0.05 /* noise of a process of less than 20 MiB */
#define RSS_NOISE_SHARE 0.02
#define LEAK_SHARE      0.2  /* of RSS growth: a kind with a smaller share is not the cause */
#define SURE_LEAK_SHARE 0.05 /* the same for a site that convinces, beside retention */
#define CONVINCING      0.5  /* evidence of a site that speaks for itself */
#define SERIES_FINER    8    /* a convincing series shows growth so many times smaller */

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

static int64_t rss_growth(const struct verdict_input *input)
{
    return store_sum(input->rss_last, -input->rss_first);
}

/* What recording and its snapshots took is not the program's growth. */
static int64_t program_growth(const struct verdict_input *input)
{
    return store_sum(rss_growth(input), -larger(input->growth.bytes[PART_HEAPDIFF], 0));
}

static int64_t sum_live_growth(const struct verdict_input *input)
{
    return store_sum(input->growth.bytes[PART_NATIVE_BLOCKS], input->growth.bytes[PART_BUFFERS]);
}

static bool is_convincing(const struct verdict_input *input)
{
    return input->top_evidence >= CONVINCING && !input->top_is_mapping;
}

/* The changes of live bytes in a healthy program, and by sampling and churn. The growing sites of a
 * series are counted without the others, so the churn of those is no noise of theirs. */
static int64_t live_noise(const struct verdict_input *input)
{
    int64_t small = (int64_t)(SMALL_RSS_SHARE * (double)input->rss_first);
    int64_t usual = small < MIB ? small : MIB;
    if (input->is_series && is_convincing(input))
        usual /= SERIES_FINER;
    return larger(usual, input->is_series ? input->growing_noise : input->noise_bytes);
}

/* A series knows which sites keep growing. With two snapshots it is the sum of all sites, or the
 * growth of one that convinces by itself. */
static int64_t live_growth(const struct verdict_input *input)
{
    int64_t sum = sum_live_growth(input);
    if (input->is_series)
        return input->growing_bytes;
    return is_convincing(input) ? larger(sum, input->top_growth) : sum;
}

static bool is_largest(const struct verdict_input *input, int part)
{
    for (int i = 0; i < PART_HEAPDIFF; i++) {
        if (input->growth.bytes[i] > input->growth.bytes[part])
            return false;
    }
    return true;
}

/* Retention need not go on growing, as it is bad enough when it stays. But then it must have grown
 * most.
 */
static bool counts(const struct verdict_input *input, int part)
{
    return !input->is_series || !input->has_stopped[part] ||
           (part == PART_RETENTION && is_largest(input, part));
}

/* For the case without a leak. */
static enum verdict_kind largest_kind(const struct verdict_input *input)
{
    static const enum verdict_kind kinds[PART_COUNT] = {
        VERDICT_NONE,    VERDICT_NONE,    VERDICT_JS_HEAP, VERDICT_RETENTION,
        VERDICT_MAPPING, VERDICT_MAPPING, VERDICT_NONE,    VERDICT_NONE};
    int64_t sums[VERDICT_NOT_MEASURABLE] = {0};
    enum verdict_kind best = VERDICT_NONE;
    for (int i = 0; i < PART_HEAPDIFF; i++) {
        if (counts(input, i) && kinds[i] != VERDICT_NONE)
            sums[kinds[i]] = store_sum(sums[kinds[i]], input->growth.bytes[i]);
    }
    sums[VERDICT_JS_HEAP] = store_sum(sums[VERDICT_JS_HEAP], -input->nursery_growth);
    double least = LEAK_SHARE * (double)program_growth(input);
    /* Retention is what is left of the allocator's memory: it has the noise of all of RSS. */
    for (int kind = 0; kind < VERDICT_NONE; kind++) { /* sums[VERDICT_NONE] stays 0 */
        int64_t noise = kind == VERDICT_RETENTION ? rss_noise(input) : rss_noise(input) / 2;
        if (sums[kind] > noise && (double)sums[kind] >= least && sums[kind] > sums[best])
            best = (enum verdict_kind)kind;
    }
    return best;
}

/* What a leak is held against: RSS growth of the program; for a site that speaks for itself,
 * without what the allocator keeps, and in a series without what has stopped. */
static int64_t growth_to_explain(const struct verdict_input *input)
{
    int64_t growth = program_growth(input);
    for (int i = 0; i < PART_HEAPDIFF && is_convincing(input); i++) {
        bool is_over = i == PART_RETENTION || (input->is_series && input->has_stopped[i]);
        if (is_over && input->growth.bytes[i] > 0)
            growth = store_sum(growth, -input->growth.bytes[i]);
    }
    return growth;
}

static bool has_leak(const struct verdict_input *input)
{
    return live_growth(input) > live_noise(input);
}

static bool is_leak(const struct verdict_input *input)
{
    double grown = (double)live_growth(input);
    return has_leak(input) && grown >= LEAK_SHARE * (double)growth_to_explain(input) &&
           grown >= SURE_LEAK_SHARE * (double)program_growth(input);
}

/* Objects of the JavaScript heap that stay, whatever the heap's mappings do: a heap with room grows
 * inside. Without a collection before the snapshots nothing convinces. */
static bool has_js_leak(const struct verdict_input *input)
{
    return input->js_evidence >= CONVINCING && input->js_growth > input->js_noise &&
           input->js_growth > rss_noise(input);
}

/* More than what leaks beside it, and not little of what RSS grew by. */
static bool is_js_leak(const struct verdict_input *input)
{
    return has_js_leak(input) &&
           (double)input->js_growth >= LEAK_SHARE * (double)growth_to_explain(input) &&
           (!is_leak(input) || input->js_growth > live_growth(input));
}

static enum verdict_kind decide(const struct verdict_input *input)
{
    if (input->not_measurable)
        return VERDICT_NOT_MEASURABLE;
    if (is_js_leak(input))
        return VERDICT_JS_HEAP;
    if (is_leak(input))
        return VERDICT_LEAK;
    if (program_growth(input) <= rss_noise(input))
        return VERDICT_NONE;
    return largest_kind(input);
}

static void say_top(const struct verdict_input *input, int64_t whole, struct text *text)
{
    if (!input->top_name || input->top_growth <= 0)
        return;
    if (input->top_growth * 2 >= whole)
        text_format(text, ", mostly from %s", input->top_name);
    else
        text_format(text, ", the largest share (%s) from %s", units_bytes(input->top_growth).text,
                    input->top_name);
}

/* The live bytes to report: the part that grew most; in a series, or where the sum of all shrank,
 * the growth of the growing sites. */
static int64_t leaked_bytes(const struct verdict_input *input, bool *is_buffers)
{
    const int64_t *bytes = input->growth.bytes;
    *is_buffers = bytes[PART_BUFFERS] > bytes[PART_NATIVE_BLOCKS];
    int64_t part = bytes[*is_buffers ? PART_BUFFERS : PART_NATIVE_BLOCKS];
    if (!input->is_series && part >= input->top_growth)
        return part;
    *is_buffers = input->top_is_buffer;
    if (!input->is_series)
        return input->top_growth;
    return *is_buffers ? input->growing_buffers : input->growing_bytes - input->growing_buffers;
}

static void say_leak(const struct verdict_input *input, struct text *text)
{
    bool is_buffers;
    int64_t rss = rss_growth(input), part = leaked_bytes(input, &is_buffers);
    const char *what = is_buffers ? "off-heap buffers" : "native blocks";
    if (rss > rss_noise(input) && part <= rss)
        text_format(text, "RSS grew by %s; %s of that is %s that are still live",
                    units_bytes(rss).text, units_bytes(part).text, what);
    else
        text_format(text, "%s of %s was added and is still live, while RSS changed by %s",
                    units_bytes(part).text, what, units_signed_bytes(rss).text);
    say_top(input, part, text);
    if (input->growth.bytes[PART_RETENTION] > part)
        text_format(text, "; the allocator retains %s more",
                    units_bytes(input->growth.bytes[PART_RETENTION]).text);
}

static void say_mapping(const struct verdict_input *input, struct text *text)
{
    int64_t mappings = input->growth.bytes[PART_MAPPINGS];
    int64_t stacks = input->growth.bytes[PART_THREAD_STACKS];
    text_format(text, "RSS grew by %s; %s of that is %s that were never unmapped",
                units_bytes(rss_growth(input)).text, units_bytes(larger(mappings, stacks)).text,
                stacks > mappings ? "thread stacks" : "mappings");
    if (input->top_is_mapping)
        say_top(input, larger(mappings, stacks), text);
}

static void say_none(const struct verdict_input *input, int64_t limit, struct text *text)
{
    int64_t rss = rss_growth(input), own = input->growth.bytes[PART_HEAPDIFF];
    if (rss <= rss_noise(input))
        text_format(text,
                    "Nothing grew beyond noise: RSS changed by %s (noise is %s), live blocks by "
                    "%s; a leak of more than %s would have been noticed",
                    units_signed_bytes(rss).text, units_bytes(rss_noise(input)).text,
                    units_signed_bytes(sum_live_growth(input)).text, units_bytes(limit).text);
    else if (own * 2 >= rss)
        text_format(text,
                    "RSS grew by %s, but the program's own memory does not explain it: "
                    "%s is heapdiff's own, and live blocks changed by %s",
                    units_bytes(rss).text, units_bytes(own).text,
                    units_signed_bytes(sum_live_growth(input)).text);
    else if (input->is_series)
        text_format(text,
                    "Nothing keeps growing: RSS grew by %s and live blocks by %s since the first "
                    "snapshot, but that has stopped or goes up and down",
                    units_bytes(rss).text, units_signed_bytes(sum_live_growth(input)).text);
    else
        text_format(text, "RSS grew by %s, but no part of it stands out; live blocks changed by %s",
                    units_bytes(rss).text, units_signed_bytes(sum_live_growth(input)).text);
}

/* Which function allocated the objects, where samples of them are known. */
static void say_js(const struct verdict_input *input, int64_t whole, struct text *text)
{
    if (!input->js_name || input->js_growth <= input->js_noise)
        return;
    if (input->js_growth * 2 < whole)
        text_format(text, "; live objects in it grew by %s", units_bytes(input->js_growth).text);
    if (input->js_top_growth * 2 >= input->js_growth)
        text_format(text, ", most of that kept by objects that %s allocated", input->js_name);
    else
        text_format(text, ", the largest share (%s) kept by objects that %s allocated",
                    units_bytes(input->js_top_growth).text, input->js_name);
}

static void say_managed(const struct verdict_input *input, struct text *text)
{
    int64_t heap = input->growth.bytes[PART_JS_HEAP];
    if (heap * 2 < input->js_growth && is_js_leak(input)) {
        text_format(text,
                    "%s of JavaScript objects was added and is still live, while RSS changed by %s",
                    units_bytes(input->js_growth).text, units_signed_bytes(rss_growth(input)).text);
        say_js(input, input->js_growth, text);
        return;
    }
    text_format(text, "RSS grew by %s; %s of that is the %s", units_bytes(rss_growth(input)).text,
                units_bytes(heap).text, runtime_heap_name(input->managed_heap));
    say_js(input, heap, text);
}

static void say_retention(const struct verdict_input *input, struct text *text)
{
    text_format(text,
                "RSS grew by %s, live blocks by %s: the allocator retains %s more freed memory, "
                "which is not a leak",
                units_bytes(rss_growth(input)).text,
                units_signed_bytes(sum_live_growth(input)).text,
                units_bytes(input->growth.bytes[PART_RETENTION]).text);
}

/* A leak for certain that is small beside the rest. */
static void say_besides(const struct verdict_input *input, struct text *text)
{
    bool is_buffers;
    int64_t part = leaked_bytes(input, &is_buffers);
    if (!has_leak(input) || !is_convincing(input))
        return;
    text_format(text, "; besides, %s of %s was added and is still live", units_bytes(part).text,
                is_buffers ? "off-heap buffers" : "native blocks");
    say_top(input, part, text);
}

static void verdict_say(const struct verdict_input *input, const struct verdict *verdict,
                        struct text *text)
{
    switch (verdict->kind) {
    case VERDICT_LEAK:
        say_leak(input, text);
        break;
    case VERDICT_JS_HEAP:
        say_managed(input, text);
        break;
    case VERDICT_RETENTION:
        say_retention(input, text);
        break;
    case VERDICT_MAPPING:
        say_mapping(input, text);
        break;
    case VERDICT_NONE:
        say_none(input, verdict->limit, text);
        break;
    case VERDICT_NOT_MEASURABLE:
        text_format(text, "Not measurable: %s", input->not_measurable);
        break;
    }
    if (verdict->kind > VERDICT_LEAK && verdict->kind < VERDICT_NONE)
        say_besides(input, text);
    text_add(text, ".");
}

struct verdict verdict_reach(const struct verdict_input *input)
{
    struct verdict verdict = {.kind = decide(input),
                              .limit = larger(live_noise(input), input->noise_bytes)};
    verdict_say(input, &verdict, &verdict.text);
    advice_add(input, verdict.kind, &verdict.advice);
    return verdict;
}

void verdict_done(struct verdict *verdict)
{
    text_done(&verdict->text);
    text_done(&verdict->advice);
}
