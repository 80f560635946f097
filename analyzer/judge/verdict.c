/* verdict.c -- From the growing sites and the parts of RSS growth to one kind of growth.
 *
 * Sites come first. What the convincing ones add up to is a leak, however much else RSS grew by:
 * memory that the allocator retains, and heapdiff's own, explain RSS, but they do not excuse a
 * site. Only a managed heap or mappings that grew far more come before it. Sites that do not
 * convince count when they explain RSS. Then the largest part of RSS growth decides. The bounds
 * below are the changes of a healthy program between two snapshots. docs/ranking.md is the long
 * form; sentence.c words the result.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/verdict.h"

#include "judge/advice.h"
#include "judge/balance.h"
#include "judge/sentence.h"

#define EXPLAINS 0.2 /* of RSS growth: a kind with a smaller share is not the cause */

const char *verdict_name(enum verdict_kind kind)
{
    static const char *const names[] = {"leak",    "js-heap", "retention",
                                        "mapping", "none",    "not-measurable"};
    return names[kind];
}

static int64_t growing(const struct verdict_input *input)
{
    return store_sum(input->claims[CLAIM_BLOCKS].growth, input->claims[CLAIM_BUFFERS].growth);
}

/* A series knows which sites keep growing. With two snapshots it is the sum of all sites, without
 * those that may be work in flight, or are a compiler's. */
static int64_t plausible(const struct verdict_input *input)
{
    if (input->is_series)
        return growing(input);
    return store_sum(balance_live(input), -store_sum(input->flight.growth, input->scratch_growth));
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

/* Growth of the parts that make a kind. What V8 added to its young generation is none. */
static int64_t part_growth(const struct verdict_input *input, enum verdict_kind kind)
{
    static const enum verdict_kind kinds[PART_COUNT] = {
        VERDICT_NONE,    VERDICT_NONE,    VERDICT_JS_HEAP, VERDICT_RETENTION,
        VERDICT_MAPPING, VERDICT_MAPPING, VERDICT_NONE,    VERDICT_NONE};
    int64_t sum = 0;
    for (int i = 0; i < PART_HEAPDIFF; i++) {
        if (kinds[i] == kind && counts(input, i))
            sum = store_sum(sum, input->growth.bytes[i]);
    }
    return kind == VERDICT_JS_HEAP ? store_sum(sum, -input->nursery_growth) : sum;
}

/* What V8 added to its young generation needs no explanation. */
static double least_share(const struct verdict_input *input)
{
    return EXPLAINS * (double)store_sum(balance_program(input), -input->nursery_growth);
}

/* For the case without a site that decides. Retention is what is left of the allocator's memory: it
 * has the noise of all of RSS. */
static enum verdict_kind largest_kind(const struct verdict_input *input)
{
    static const enum verdict_kind kinds[] = {VERDICT_JS_HEAP, VERDICT_RETENTION, VERDICT_MAPPING};
    enum verdict_kind best = VERDICT_NONE;
    int64_t most = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int64_t sum = part_growth(input, kinds[i]), noise = balance_rss_noise(input);
        if (kinds[i] != VERDICT_RETENTION)
            noise /= 2;
        if (sum > noise && sum > most && (double)sum >= least_share(input)) {
            most = sum;
            best = kinds[i];
        }
    }
    return best;
}

/* Sites that do not convince by themselves, but explain what RSS grew by. */
static bool is_plausible_leak(const struct verdict_input *input)
{
    int64_t sum = plausible(input);
    return sum > balance_live_noise(input) && (double)sum >= least_share(input);
}

static bool is_plausible_js(const struct verdict_input *input)
{
    const struct verdict_claim *js = &input->claims[CLAIM_JS];
    return js->growth > balance_usual(input->rss_first, false) && (double)js->growth > js->noise &&
           (double)js->growth >= least_share(input);
}

static int64_t convincing_mappings(const struct verdict_input *input)
{
    return store_sum(input->claims[CLAIM_MAPPINGS].convincing,
                     input->claims[CLAIM_THREADS].convincing);
}

/* The kind that convincing sites add up to; VERDICT_NONE: no site convinces. A leak comes after a
 * kind of which it is a small share, such as the wrappers of JavaScript objects that pile up. */
static enum verdict_kind convincing_kind(const struct verdict_input *input)
{
    int64_t leak = balance_convincing(input), mappings = convincing_mappings(input);
    int64_t js = balance_has_js(input) ? input->claims[CLAIM_JS].growth : 0;
    int64_t heap = part_growth(input, VERDICT_JS_HEAP);
    if (js > leak && js > mappings)
        return VERDICT_JS_HEAP;
    if (leak > 0 && (double)leak < EXPLAINS * (double)heap)
        return VERDICT_JS_HEAP;
    if (leak > 0 && (double)leak >= EXPLAINS * (double)mappings)
        return VERDICT_LEAK;
    return mappings > 0 ? VERDICT_MAPPING : VERDICT_NONE;
}

static enum verdict_kind decide(const struct verdict_input *input)
{
    if (input->not_measurable)
        return VERDICT_NOT_MEASURABLE;
    enum verdict_kind kind = convincing_kind(input);
    if (kind != VERDICT_NONE)
        return kind;
    if (is_plausible_leak(input))
        return VERDICT_LEAK;
    if (is_plausible_js(input))
        return VERDICT_JS_HEAP;
    if (balance_program(input) <= balance_rss_noise(input))
        return VERDICT_NONE;
    return largest_kind(input);
}

struct verdict verdict_reach(const struct verdict_input *input)
{
    int64_t noise = balance_live_noise(input);
    struct verdict verdict = {.kind = decide(input),
                              .limit = noise > input->noise_bytes ? noise : input->noise_bytes};
    sentence_say(input, &verdict, &verdict.text);
    advice_add(input, verdict.kind, &verdict.advice);
    return verdict;
}

void verdict_done(struct verdict *verdict)
{
    text_done(&verdict->text);
    text_done(&verdict->advice);
}
