/* sentence.c -- The verdict in one sentence.
 *
 * "X of that is native blocks" names the part of RSS growth, as the table of parts has it. Growth
 * of the growing sites, which may differ as other sites shrink or have stopped, is said to be
 * theirs. A name stands only behind a number of its own kind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/sentence.h"

#include "base/units.h"
#include "judge/balance.h"

#define CLOSE 0.05 /* numbers that differ by no more are not said twice */

static const struct {
    enum part part;
    const char *words;
} claims[CLAIM_COUNT] = {[CLAIM_BLOCKS] = {PART_NATIVE_BLOCKS, "native blocks"},
                         [CLAIM_BUFFERS] = {PART_BUFFERS, "off-heap buffers"},
                         [CLAIM_MAPPINGS] = {PART_MAPPINGS, "mappings"},
                         [CLAIM_THREADS] = {PART_THREAD_STACKS, "thread stacks"},
                         [CLAIM_JS] = {PART_JS_HEAP, "JavaScript objects"}};

static int64_t part_of(const struct verdict_input *input, enum claim claim)
{
    return input->growth.bytes[claims[claim].part];
}

/* The larger of two kinds, by its sites or, where these say nothing, by its part. */
static enum claim larger(const struct verdict_input *input, enum claim a, enum claim b)
{
    int64_t x = input->claims[a].growth, y = input->claims[b].growth;
    if (x == 0 && y == 0) {
        x = part_of(input, a);
        y = part_of(input, b);
    }
    return y > x ? b : a;
}

static const char *what_follows(enum claim claim)
{
    return claim == CLAIM_MAPPINGS || claim == CLAIM_THREADS ? "were never unmapped"
                                                             : "are still live";
}

static void say_top(const struct verdict_claim *claim, int64_t whole, struct text *text)
{
    if (!claim->name || claim->top_growth <= 0)
        return;
    if (claim->top_growth * 2 >= whole)
        text_format(text, ", mostly from %s", claim->name);
    else
        text_format(text, ", the largest share (%s) from %s", units_bytes(claim->top_growth).text,
                    claim->name);
}

/* The part and its sites, as a share of RSS growth. */
static void say_share(const struct verdict_input *input, enum claim kind, struct text *text)
{
    const struct verdict_claim *claim = &input->claims[kind];
    int64_t part = part_of(input, kind);
    text_format(text, "RSS grew by %s; %s of that is %s that %s",
                units_bytes(balance_rss(input)).text, units_bytes(part).text, claims[kind].words,
                what_follows(kind));
    if (claim->growth > 0 && (double)claim->growth < (1 - CLOSE) * (double)part &&
        input->is_series) {
        text_format(text, "; %s of these keep growing", units_bytes(claim->growth).text);
        say_top(claim, claim->growth, text);
    } else {
        say_top(claim, part, text);
    }
}

/* Growth of the sites that RSS does not show, because it has not followed, or others shrank. */
static void say_added(const struct verdict_input *input, enum claim kind, struct text *text)
{
    const struct verdict_claim *claim = &input->claims[kind];
    int64_t part = part_of(input, kind), whole = claim->growth > part ? claim->growth : part;
    text_format(text, "%s of %s was added and %s", units_bytes(whole).text, claims[kind].words,
                kind == CLAIM_MAPPINGS || kind == CLAIM_THREADS ? "never unmapped"
                                                                : "is still live");
    say_top(claim, whole, text);
    text_add(text, ", while ");
    if ((double)whole > (1 + CLOSE) * (double)part)
        text_format(text, "all %s together changed by %s and ", claims[kind].words,
                    units_signed_bytes(part).text);
    text_format(text, "RSS changed by %s", units_signed_bytes(balance_rss(input)).text);
}

static void say_claim(const struct verdict_input *input, enum claim kind, struct text *text)
{
    int64_t rss = balance_rss(input), part = part_of(input, kind);
    bool is_share = rss > balance_rss_noise(input) && part <= rss && part > 0 &&
                    (double)input->claims[kind].growth <= (1 + CLOSE) * (double)part;
    if (is_share)
        say_share(input, kind, text);
    else
        say_added(input, kind, text);
}

/* The part that grew by more than what the sentence is about. */
static void say_larger(const struct verdict_input *input, enum claim said, struct text *text)
{
    int64_t part = part_of(input, said), grown = input->claims[said].growth;
    int64_t most = part > grown ? part : grown;
    int largest = -1;
    for (int i = PART_JS_HEAP; i < PART_HEAPDIFF; i++) {
        if (i != (int)claims[said].part && input->growth.bytes[i] > most) {
            most = input->growth.bytes[i];
            largest = i;
        }
    }
    struct units_text bytes = units_bytes(most);
    switch (largest) {
    case PART_JS_HEAP:
        text_format(text, "; the %s grew by %s more", runtime_heap_name(input->managed_heap),
                    bytes.text);
        break;
    case PART_RETENTION:
        text_format(text, "; the allocator retains %s more", bytes.text);
        break;
    case PART_MAPPINGS:
        text_format(text, "; mappings grew by %s more", bytes.text);
        say_top(&input->claims[CLAIM_MAPPINGS], most, text);
        break;
    case PART_THREAD_STACKS:
        text_format(text, "; thread stacks grew by %s more", bytes.text);
        say_top(&input->claims[CLAIM_THREADS], most, text);
        break;
    default:
        break;
    }
}

static void say_nursery(const struct verdict_input *input, struct text *text)
{
    if (input->nursery_growth > balance_rss_noise(input) / 2)
        text_format(text, "; %s is V8's young generation, which V8 sizes as it likes",
                    units_bytes(input->nursery_growth).text);
}

static void say_flight(const struct verdict_input *input, struct text *text)
{
    const struct verdict_flight *flight = &input->flight;
    text_format(text,
                "Not certain: %s of live blocks may be work in flight, %s from %s, which kept "
                "%.2g %% of the memory that it allocated; ",
                units_bytes(flight->growth).text,
                flight->top_growth * 2 >= flight->growth ? "mostly" : "the largest share",
                flight->name, 100 * flight->kept);
    text_add(text, input->is_series ? "compare snapshots that are further apart"
                                    : "take five snapshots to be sure");
}

static void say_none(const struct verdict_input *input, int64_t limit, struct text *text)
{
    int64_t rss = balance_rss(input), own = input->growth.bytes[PART_HEAPDIFF];
    int64_t live = balance_live(input), noise = balance_rss_noise(input);
    if (input->flight.growth > balance_live_noise(input))
        say_flight(input, text);
    else if (rss <= noise)
        text_format(text,
                    "No leak: RSS changed by %s (noise is %s), live blocks by %s; a leak of more "
                    "than %s would have been noticed",
                    units_signed_bytes(rss).text, units_bytes(noise).text,
                    units_signed_bytes(live).text, units_bytes(limit).text);
    else if (balance_program(input) <= noise)
        text_format(text,
                    "No leak: RSS changed by %s, of which %s is heapdiff's own, and live blocks by "
                    "%s; a leak of more than %s would have been noticed",
                    units_signed_bytes(rss).text, units_bytes(own).text,
                    units_signed_bytes(live).text, units_bytes(limit).text);
    else if (input->nursery_growth * 2 > balance_program(input))
        text_format(text,
                    "No leak: RSS grew by %s, mostly by %s of V8's young generation, which V8 "
                    "sizes as it likes; live blocks changed by %s",
                    units_bytes(rss).text, units_bytes(input->nursery_growth).text,
                    units_signed_bytes(live).text);
    else if (input->scratch_growth * 2 > balance_program(input))
        text_format(text,
                    "No leak: RSS grew by %s, mostly by %s that a JIT compiler has in work and "
                    "will return",
                    units_bytes(rss).text, units_bytes(input->scratch_growth).text);
    else if (input->is_series)
        text_format(text,
                    "No leak: RSS grew by %s and live blocks by %s since the first snapshot, but "
                    "that has stopped or goes up and down",
                    units_bytes(rss).text, units_signed_bytes(live).text);
    else
        text_format(text, "RSS grew by %s, but no part of it stands out; live blocks changed by %s",
                    units_bytes(rss).text, units_signed_bytes(live).text);
}

/* Which function allocated the objects, where samples of them are known. */
static void say_js(const struct verdict_input *input, int64_t whole, struct text *text)
{
    const struct verdict_claim *js = &input->claims[CLAIM_JS];
    if (!js->name || (double)js->growth <= js->noise)
        return;
    if (js->growth * 2 < whole)
        text_format(text, "; live objects in it grew by %s", units_bytes(js->growth).text);
    if (js->top_growth * 2 >= js->growth)
        text_format(text, ", most of that kept by objects that %s allocated", js->name);
    else
        text_format(text, ", the largest share (%s) kept by objects that %s allocated",
                    units_bytes(js->top_growth).text, js->name);
}

static void say_managed(const struct verdict_input *input, struct text *text)
{
    int64_t heap = input->growth.bytes[PART_JS_HEAP], rss = balance_rss(input);
    const struct verdict_claim *js = &input->claims[CLAIM_JS];
    bool has_js = js->growth > 0 && (double)js->growth > js->noise;
    if (heap <= rss && (!has_js || heap * 2 >= js->growth)) {
        text_format(text, "RSS grew by %s; %s of that is the %s", units_bytes(rss).text,
                    units_bytes(heap).text, runtime_heap_name(input->managed_heap));
        say_js(input, heap, text);
        say_nursery(input, text);
    } else if (has_js) {
        text_format(text,
                    "%s of JavaScript objects was added and is still live, while RSS changed by %s",
                    units_bytes(js->growth).text, units_signed_bytes(rss).text);
        say_js(input, js->growth, text);
    } else {
        text_format(text, "The %s grew by %s, while RSS changed by %s",
                    runtime_heap_name(input->managed_heap), units_bytes(heap).text,
                    units_signed_bytes(rss).text);
    }
}

static void say_retention(const struct verdict_input *input, struct text *text)
{
    text_format(text,
                "RSS grew by %s, live blocks by %s: the allocator retains %s more freed memory, "
                "which is not a leak",
                units_bytes(balance_rss(input)).text, units_signed_bytes(balance_live(input)).text,
                units_bytes(input->growth.bytes[PART_RETENTION]).text);
    say_nursery(input, text);
}

/* A leak for certain that is small beside the rest. */
static void say_besides(const struct verdict_input *input, struct text *text)
{
    enum claim kind = larger(input, CLAIM_BLOCKS, CLAIM_BUFFERS);
    const struct verdict_claim *claim = &input->claims[kind];
    if (claim->convincing <= 0)
        return;
    text_format(text, "; besides, %s of %s was added and is still live",
                units_bytes(claim->growth).text, claims[kind].words);
    say_top(claim, claim->growth, text);
}

void sentence_say(const struct verdict_input *input, const struct verdict *verdict,
                  struct text *text)
{
    enum claim leak = larger(input, CLAIM_BLOCKS, CLAIM_BUFFERS);
    enum claim mapping = larger(input, CLAIM_MAPPINGS, CLAIM_THREADS);
    switch (verdict->kind) {
    case VERDICT_LEAK:
        say_claim(input, leak, text);
        say_larger(input, leak, text);
        break;
    case VERDICT_JS_HEAP:
        say_managed(input, text);
        say_besides(input, text);
        break;
    case VERDICT_RETENTION:
        say_retention(input, text);
        break;
    case VERDICT_MAPPING:
        say_claim(input, mapping, text);
        say_besides(input, text);
        break;
    case VERDICT_NONE:
        say_none(input, verdict->limit, text);
        break;
    case VERDICT_NOT_MEASURABLE:
        text_format(text, "Not measurable: %s", input->not_measurable);
        break;
    }
    text_add(text, ".");
}
