/* gate.c -- A threshold for growth, for CI: passed, exceeded, or not measurable.
 *
 * The dangerous answer is a pass without a measurement: the load did not run, the shim was not
 * loaded, the pattern has a typo, or noise hides growth beyond the limit. All of these are "not
 * measurable".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/gate.h"

#include "base/text.h"
#include "base/units.h"
#include "frames/frame_name.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGMAS 3.0 /* as in rank.c */

bool gate_init(struct gate *gate, const char *words, struct error *error)
{
    const char *comma = strchr(words, ',');
    struct text size = {0};
    text_add_n(&size, words, comma ? (size_t)(comma - words) : strlen(words));
    *gate = (struct gate){.accepted = NULL};
    bool good = units_parse(size.bytes, &gate->limit);
    text_done(&size);
    if (!good || (comma && !text_starts(comma, ",site=")))
        return error_set(error, "give a size, or a size and a site: 1MiB or 64k,site=^parse_",
                         "--fail-on-growth cannot read '%s'", words);
    if (comma) {
        char fault[128];
        gate->pattern = comma + strlen(",site=");
        int status = regcomp(&gate->site, gate->pattern, REG_EXTENDED | REG_NOSUB);
        if (status != 0) {
            regerror(status, &gate->site, fault, sizeof fault);
            return error_set(error, NULL, "'%s' is not a regular expression: %s", gate->pattern,
                             fault);
        }
        gate->has_site = true;
    }
    gate->accepted = accepted_new();
    return true;
}

void gate_done(struct gate *gate)
{
    if (gate->has_site)
        regfree(&gate->site);
    accepted_free(gate->accepted);
}

bool gate_counts(const struct gate *gate, const struct site *site)
{
    struct text name = {0};
    if (!gate->has_site)
        return true;
    frame_name(&site->frame, NULL, &name);
    bool fits = regexec(&gate->site, name.bytes, 0, NULL, 0) == 0;
    text_done(&name);
    return fits;
}

int64_t gate_excess(const struct gate *gate, const struct site *site)
{
    if (!site->rank.is_growing || site->is_managed || !gate_counts(gate, site))
        return 0;
    int64_t accepted = accepted_bytes(gate->accepted, site);
    return site->growth_bytes > accepted ? site->growth_bytes - accepted : 0;
}

static bool has_site(const struct gate *gate, const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->site_count; i++) {
        if (gate_counts(gate, comparison->ranked[i]))
            return true;
    }
    return false;
}

static int64_t allocations_between(const struct comparison *comparison)
{
    int64_t sum = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        sum = store_sum(sum,
                        store_sum(site->allocations[comparison->count - 1], -site->allocations[0]));
    }
    return sum;
}

/* Growth of the counted sites that may be noise, ups and downs of all of them together. Objects of
 * a JavaScript heap are left out: sampling alone knows them, and their noise must not stand in the
 * way of a limit for native memory. */
static int64_t hidden_growth(const struct gate *gate, const struct comparison *comparison)
{
    int64_t sum = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        bool is_noise = site->rank.pattern == PATTERN_NOISE || site->rank.pattern == PATTERN_FLAT ||
                        site->rank.pattern == PATTERN_IN_FLIGHT;
        bool is_js = site->kind == KIND_JS;
        if (is_noise && !is_js && !site->is_managed && gate_counts(gate, site))
            sum = store_sum(sum, site->growth_bytes);
    }
    return sum;
}

/* Growth that sampling would not have shown. */
static double sampling_noise(const struct comparison *comparison)
{
    double squares = 0;
    for (size_t i = 0; i < comparison->site_count; i++) {
        const struct site *site = comparison->ranked[i];
        squares += site->kind == KIND_JS ? 0 : site->deviation * site->deviation;
    }
    return SIGMAS * sqrt(squares);
}

/* Why a small growth would mean nothing; NULL when it means something. */
static const char *find_vacuum(const struct gate *gate, const struct comparison *comparison)
{
    const struct store_facts *last = &comparison->stores[comparison->count - 1]->facts;
    if (comparison->obstacle)
        return comparison->obstacle;
    if (comparison->is_one_process && allocations_between(comparison) <= 0)
        return "nothing was allocated between the snapshots; did the load run?";
    if (!has_site(gate, comparison))
        return "no site has a name matching the pattern";
    if (last->sample_bytes > 0 && sampling_noise(comparison) > (double)gate->limit)
        return "too few samples for this limit; record more (a smaller HEAPDIFF_SAMPLE, or 0)";
    if (hidden_growth(gate, comparison) > gate->limit)
        return "live memory grew by more than the limit, but it may be churn or work in flight; "
               "take "
               "five snapshots";
    return NULL;
}

static void add_sites(const struct gate *gate, const struct comparison *comparison,
                      struct gate_result *result)
{
    for (size_t i = 0; i < comparison->growing_count; i++) {
        const struct site *site = comparison->ranked[i];
        int64_t excess = gate_excess(gate, site);
        if (site->is_managed || !gate_counts(gate, site))
            continue;
        result->growth_bytes = store_sum(result->growth_bytes, excess);
        result->failing += excess > 0;
        if (excess == site->growth_bytes)
            continue;
        result->accepted_sites++;
        result->accepted_bytes = store_sum(result->accepted_bytes, site->growth_bytes - excess);
    }
}

void gate_judge(const struct gate *gate, const struct comparison *comparison,
                struct gate_result *result)
{
    *result = (struct gate_result){.code = EXIT_DONE};
    add_sites(gate, comparison, result);
    const char *vacuum = find_vacuum(gate, comparison);
    struct units_text growth = units_bytes(result->growth_bytes), limit = units_bytes(gate->limit);
    if (!comparison->obstacle && result->growth_bytes > gate->limit) {
        result->code = EXIT_EXCEEDED;
        snprintf(result->words, sizeof result->words,
                 "live memory grew by %s, more than the %s allowed by --fail-on-growth",
                 growth.text, limit.text);
    } else if (vacuum) {
        result->code = EXIT_NOT_MEASURABLE;
        snprintf(result->words, sizeof result->words, "%s%s",
                 comparison->obstacle ? "nothing was compared: " : "not measurable: ", vacuum);
    } else {
        snprintf(result->words, sizeof result->words,
                 "live memory grew by %s, not more than the %s allowed", growth.text, limit.text);
    }
}
