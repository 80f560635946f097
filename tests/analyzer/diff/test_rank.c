/* test_rank.c -- What makes a site look like a leak.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/rank.h"
#include "test.h"

#define MIB ((int64_t)1 << 20)

/* A site that grew from 10 to 20 MiB, keeps everything and lost nothing. */
static const int64_t doubled[] = {10 * MIB, 20 * MIB};
static const struct rank_evidence leak = {
    .live_bytes = doubled, .count = 2, .allocated = 10 * MIB, .survivors = 10 * MIB};

static void a_plain_leak_has_full_score(void **state)
{
    assert_true(rank_score(&leak, 10 * MIB) > 0.99);
}

static void churn_sinks(void **state)
{
    struct rank_evidence churn = leak;
    churn.allocated = 1000 * MIB;
    assert_true(rank_score(&churn, 10 * MIB) < rank_score(&leak, 10 * MIB) / 2);
}

static void turnover_sinks(void **state)
{
    struct rank_evidence turnover = leak;
    turnover.survivors = 0;
    assert_true(rank_score(&turnover, 10 * MIB) < rank_score(&leak, 10 * MIB) / 2);
}

static void the_unknown_lies_between(void **state)
{
    struct rank_evidence unknown = leak;
    unknown.allocated = unknown.survivors = -1;
    assert_true(rank_score(&unknown, 10 * MIB) < rank_score(&leak, 10 * MIB));
    assert_true(rank_score(&unknown, 10 * MIB) > 0.2);
}

static void a_small_steady_leak_stands_above_large_churn(void **state)
{
    const int64_t small[] = {MIB, 3 * MIB};
    struct rank_evidence steady = {
        .live_bytes = small, .count = 2, .allocated = 2 * MIB, .survivors = MIB};
    struct rank_evidence churn = leak;
    churn.allocated = 1000 * MIB;
    churn.survivors = 0;
    assert_true(rank_score(&steady, 10 * MIB) > rank_score(&churn, 10 * MIB));
}

static void sawtooth_sinks_below_steady_growth(void **state)
{
    const int64_t saw[] = {10 * MIB, 30 * MIB, 5 * MIB, 20 * MIB};
    const int64_t steps[] = {10 * MIB, 13 * MIB, 16 * MIB, 20 * MIB};
    struct rank_evidence a = leak, b = leak;
    a.live_bytes = saw;
    b.live_bytes = steps;
    a.count = b.count = 4;
    assert_true(rank_score(&a, 10 * MIB) < rank_score(&b, 10 * MIB));
}

static void a_managed_heap_sinks(void **state)
{
    struct rank_evidence managed = leak;
    managed.is_managed = true;
    assert_true(rank_score(&managed, 10 * MIB) < 0.5 * rank_score(&leak, 10 * MIB));
}

static void shrinking_sites_have_no_score(void **state)
{
    const int64_t shrunk[] = {20 * MIB, 10 * MIB};
    struct rank_evidence evidence = leak;
    evidence.live_bytes = shrunk;
    assert_true(rank_score(&evidence, 10 * MIB) == 0);
    assert_false(rank_is_growth(&evidence, 10 * MIB));
}

static void growth_within_sampling_noise_is_not_claimed(void **state)
{
    struct rank_evidence sampled = leak;
    sampled.deviation = 6.0 * MIB;
    assert_false(rank_is_growth(&sampled, 10 * MIB));
    sampled.deviation = 4.0 * MIB;
    assert_true(rank_is_growth(&sampled, 10 * MIB));
}

static void crumbs_are_not_listed(void **state)
{
    assert_true(rank_is_growth(&leak, 1000 * MIB));
    assert_false(rank_is_growth(&leak, 100000 * MIB));
}

static void scores_stay_between_0_and_1(void **state)
{
    const int64_t extremes[] = {-1, 0, 1, INT64_MAX / 4};
    for (int i = 0; i < 256; i++) {
        int64_t live[] = {extremes[i & 3], extremes[i >> 2 & 3]};
        struct rank_evidence evidence = {.live_bytes = live,
                                         .count = 2,
                                         .allocated = extremes[i >> 4 & 3],
                                         .survivors = extremes[i >> 6 & 3]};
        double score = rank_score(&evidence, 1000);
        assert_true(score >= 0 && score <= 1);
    }
}

TEST_MAIN(cmocka_unit_test(a_plain_leak_has_full_score), cmocka_unit_test(churn_sinks),
          cmocka_unit_test(turnover_sinks), cmocka_unit_test(the_unknown_lies_between),
          cmocka_unit_test(a_small_steady_leak_stands_above_large_churn),
          cmocka_unit_test(sawtooth_sinks_below_steady_growth),
          cmocka_unit_test(a_managed_heap_sinks), cmocka_unit_test(shrinking_sites_have_no_score),
          cmocka_unit_test(growth_within_sampling_noise_is_not_claimed),
          cmocka_unit_test(crumbs_are_not_listed), cmocka_unit_test(scores_stay_between_0_and_1))
