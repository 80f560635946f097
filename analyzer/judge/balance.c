/* balance.c -- Sums and bounds of RSS growth that the verdict and its sentence share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/balance.h"

#include <math.h>

#define MIB             ((int64_t)1024 * 1024)
#define SMALL_RSS_SHARE 0.05 /* noise of a process of less than 20 MiB */
#define RSS_NOISE_SHARE 0.02
#define SERIES_FINER    8 /* a series shows a site's growth so many times smaller */

int64_t balance_usual(int64_t rss_first, bool is_series)
{
    int64_t small = (int64_t)(SMALL_RSS_SHARE * (double)rss_first);
    int64_t usual = small < MIB ? small : MIB;
    return is_series ? usual / SERIES_FINER : usual;
}

int64_t balance_usual_rss(int64_t rss_first)
{
    int64_t small = balance_usual(rss_first, false);
    int64_t share = (int64_t)(RSS_NOISE_SHARE * (double)rss_first);
    return small > share ? small : share;
}

int64_t balance_rss_noise(const struct verdict_input *input)
{
    return balance_usual_rss(input->rss_first);
}

int64_t balance_rss(const struct verdict_input *input)
{
    return store_sum(input->rss_last, -input->rss_first);
}

int64_t balance_program(const struct verdict_input *input)
{
    int64_t own = input->growth.bytes[PART_HEAPDIFF];
    return store_sum(balance_rss(input), own > 0 ? -own : 0);
}

int64_t balance_live(const struct verdict_input *input)
{
    return store_sum(input->growth.bytes[PART_NATIVE_BLOCKS], input->growth.bytes[PART_BUFFERS]);
}

int64_t balance_convincing(const struct verdict_input *input)
{
    return store_sum(input->claims[CLAIM_BLOCKS].convincing,
                     input->claims[CLAIM_BUFFERS].convincing);
}

/* The growing sites of a series are counted without the others, so the churn of those is no noise
 * of theirs. */
int64_t balance_live_noise(const struct verdict_input *input)
{
    int64_t usual = balance_usual(input->rss_first, false), noise = input->noise_bytes;
    if (input->is_series)
        noise = (int64_t)fmin(
            hypot(input->claims[CLAIM_BLOCKS].noise, input->claims[CLAIM_BUFFERS].noise),
            (double)STORE_LIMIT);
    return usual > noise ? usual : noise;
}

bool balance_has_js(const struct verdict_input *input)
{
    const struct verdict_claim *js = &input->claims[CLAIM_JS];
    return js->convincing > 0 && (double)js->growth > js->noise;
}
