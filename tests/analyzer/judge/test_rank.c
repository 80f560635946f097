/* test_rank.c -- What makes a site look like a leak.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/rank.h"
#include "test.h"

#define MIB ((int64_t)1 << 20)

static const double x[] = {0, 60, 120, 180};

/* A site of blocks of 1 KiB that grew from 10 to 20 MiB, keeps everything and lost nothing. */
static const int64_t doubled[] = {10 * MIB, 20 * MIB}, blocks[] = {10240, 20480};
static const struct rank_evidence leak = {.live_bytes = doubled,
                                          .live_blocks = blocks,
                                          .x = x,
                                          .count = 2,
                                          .allocated_bytes = 10 * MIB,
                                          .allocations = 10240,
                                          .old_bytes = 10 * MIB,
                                          .old_blocks = 10240,
                                          .survivors = -1};

static void a_plain_leak_has_full_evidence(void **state)
{
    struct rank rank = rank_judge(&leak, 10 * MIB);
    assert_true(rank.evidence > 0.99);
    assert_int_equal(rank.pattern, PATTERN_GREW);
    assert_true(rank.noise == 0);
}

static void the_score_falls_with_the_root_of_size(void **state)
{
    assert_true(rank_score(0.8, 10, 10) == 0.8);
    assert_true(rank_score(0.8, 10, 1000) > 0.0799 && rank_score(0.8, 10, 1000) < 0.0801);
    assert_true(rank_score(0.8, 0, 10) == 0);
}

static void churn_sinks(void **state)
{
    struct rank_evidence churn = leak;
    churn.allocated_bytes = 1000 * MIB;
    assert_true(rank_judge(&churn, 10 * MIB).evidence < rank_judge(&leak, 10 * MIB).evidence / 2);
}

/* 500 blocks that all were replaced: 510 is nothing; 700 may be more work in flight, unless more of
 * what was allocated stays. */
static void growth_within_churn_is_not_claimed(void **state)
{
    int64_t bytes[] = {500 << 10, 510 << 10}, counts[] = {500, 510};
    struct rank_evidence churn = {.live_bytes = bytes,
                                  .live_blocks = counts,
                                  .x = x,
                                  .count = 2,
                                  .allocated_bytes = 50 * MIB,
                                  .allocations = 50000,
                                  .survivors = -1};
    assert_int_equal(rank_judge(&churn, 10 << 10).pattern, PATTERN_NOISE);
    bytes[1] = 700 << 10;
    counts[1] = 700;
    assert_int_equal(rank_judge(&churn, 200 << 10).pattern, PATTERN_IN_FLIGHT);
    churn.allocated_bytes = MIB;
    assert_true(rank_judge(&churn, 200 << 10).is_growing);
}

/* Blocks that stay from before say that some are kept. So does a series in which some are old, or
 * that rises in each of five steps. */
static void a_leak_on_a_rare_path_is_not_in_flight(void **state)
{
    const int64_t bytes[] = {4 * MIB, 5 * MIB, 7 * MIB, 8 * MIB, 9 * MIB};
    const int64_t counts[] = {400, 500, 700, 800, 900};
    struct rank_evidence site = {.live_bytes = bytes,
                                 .live_blocks = counts,
                                 .x = (const double[]){0, 1, 2, 3, 4},
                                 .count = 4,
                                 .allocated_bytes = 1000 * MIB,
                                 .allocations = 100000};
    assert_int_equal(rank_judge(&site, 4 * MIB).pattern, PATTERN_IN_FLIGHT);
    site.survivors = MIB;
    assert_true(rank_judge(&site, 4 * MIB).is_growing);
    site.survivors = 0;
    site.old_bytes = MIB;
    assert_true(rank_judge(&site, 4 * MIB).is_growing);
    site.old_bytes = 0;
    site.count = 5;
    assert_true(rank_judge(&site, 5 * MIB).is_growing);
    site.count = 2;
    assert_int_equal(rank_judge(&site, MIB).pattern, PATTERN_IN_FLIGHT);
}

/* A little growth is usual, and too little is not listed, unless a series is certain. */
static void small_growth_does_not_convince(void **state)
{
    struct rank_evidence site = leak;
    site.usual = 20 * MIB;
    site.floor = 11 * MIB;
    struct rank rank = rank_judge(&site, 10 * MIB);
    assert_true(rank.is_growing && rank.is_small && rank.evidence < RANK_CONVINCING);
    site.usual = 9 * MIB;
    site.floor = 9 * MIB;
    rank = rank_judge(&site, 10 * MIB);
    assert_true(!rank.is_small && rank.evidence >= RANK_CONVINCING);
}

static void a_series_that_is_certain_shows_little_growth(void **state)
{
    const int64_t bytes[] = {1000, 2000, 3000, 4000, 5000}, counts[] = {10, 20, 30, 40, 50};
    struct rank_evidence site = {.live_bytes = bytes,
                                 .live_blocks = counts,
                                 .x = (const double[]){0, 1, 2, 3, 4},
                                 .count = 5,
                                 .allocated_bytes = 4000,
                                 .allocations = 40,
                                 .old_bytes = 1000,
                                 .old_blocks = 10,
                                 .survivors = 3000,
                                 .usual = 20000,
                                 .floor = 20000};
    struct rank rank = rank_judge(&site, 4000);
    assert_true(rank.is_growing && !rank.is_small && rank.evidence >= RANK_CONVINCING);
    site.allocated_bytes = 9000;
    rank = rank_judge(&site, 4000);
    assert_true(rank.is_growing && rank.is_small && rank.evidence < RANK_CONVINCING);
}

/* 3 of 4 of the old blocks are still there: only those that moved make noise. */
static void old_blocks_make_no_noise(void **state)
{
    const int64_t bytes[] = {10000 << 10, 10200 << 10}, counts[] = {10000, 10200};
    struct rank_evidence site = {.live_bytes = bytes,
                                 .live_blocks = counts,
                                 .x = x,
                                 .count = 2,
                                 .allocated_bytes = 2 * MIB,
                                 .allocations = 2000,
                                 .survivors = -1};
    assert_false(rank_judge(&site, 200 << 10).is_growing);
    site.old_bytes = 9990 << 10;
    site.old_blocks = 9990;
    assert_true(rank_judge(&site, 200 << 10).is_growing);
}

static void turnover_sinks(void **state)
{
    struct rank_evidence turnover = leak;
    turnover.old_bytes = turnover.old_blocks = 0;
    assert_true(rank_judge(&turnover, 10 * MIB).evidence <
                rank_judge(&leak, 10 * MIB).evidence / 2);
}

static void what_happened_once_sinks_below_a_small_leak(void **state)
{
    const int64_t table_bytes[] = {0, 64 * MIB}, table_blocks[] = {0, 1};
    struct rank_evidence table = leak;
    table.live_bytes = table_bytes;
    table.live_blocks = table_blocks;
    table.allocated_bytes = 64 * MIB;
    table.allocations = 1;
    table.old_bytes = table.old_blocks = 0;
    struct rank once = rank_judge(&table, 74 * MIB), often = rank_judge(&leak, 74 * MIB);
    assert_int_equal(once.pattern, PATTERN_ONCE);
    assert_true(rank_score(once.evidence, 64 * MIB, 64 * MIB) <
                rank_score(often.evidence, 10 * MIB, 64 * MIB));
}

static void the_unknown_lies_between(void **state)
{
    struct rank_evidence unknown = leak;
    unknown.allocated_bytes = unknown.allocations = unknown.old_bytes = unknown.old_blocks = -1;
    struct rank rank = rank_judge(&unknown, 10 * MIB);
    assert_true(rank.evidence < 0.99 && rank.evidence > 0.2);
}

static struct rank judge_series(const int64_t *bytes, int64_t survivors)
{
    struct rank_evidence series = leak;
    series.live_bytes = bytes;
    series.live_blocks = (const int64_t[]){10240, 13000, 16000, 20480};
    series.count = 4;
    series.survivors = survivors;
    return rank_judge(&series, 10 * MIB);
}

static void patterns_of_a_series_are_told_apart(void **state)
{
    const int64_t saw[] = {10 * MIB, 30 * MIB, 5 * MIB, 20 * MIB};
    const int64_t steps[] = {10 * MIB, 13 * MIB, 16 * MIB, 20 * MIB};
    const int64_t filled[] = {10 * MIB, 20 * MIB, 20 * MIB, 20 * MIB};
    assert_int_equal(judge_series(saw, -1).pattern, PATTERN_FLUCTUATES);
    assert_int_equal(judge_series(filled, -1).pattern, PATTERN_SETTLED);
    struct rank rank = judge_series(steps, -1);
    assert_int_equal(rank.pattern, PATTERN_RISES);
    assert_true(rank.evidence > 0.8);
    assert_true(rank.trend.low > 0 && rank.trend.low <= rank.trend.slope);
}

static void newcomers_of_the_last_moment_sink(void **state)
{
    const int64_t steps[] = {10 * MIB, 13 * MIB, 16 * MIB, 20 * MIB};
    assert_true(judge_series(steps, 0).evidence < judge_series(steps, 6 * MIB).evidence / 2);
}

/* One array that moves to a larger place whenever it is full: all of it is new each time. */
static struct rank judge_array(const int64_t *bytes, const int64_t *counts)
{
    struct rank_evidence array = {.live_bytes = bytes,
                                  .live_blocks = counts,
                                  .x = (const double[]){0, 60, 120, 180, 240},
                                  .count = 5,
                                  .allocated_bytes = 600 * MIB,
                                  .allocations = 500};
    return rank_judge(&array, 10 * MIB);
}

static void an_array_that_is_regrown_rises(void **state)
{
    const int64_t bytes[] = {MIB, 3 * MIB, 5 * MIB, 8 * MIB, 10 * MIB}, one[] = {1, 1, 1, 1, 1};
    const int64_t some[] = {1, 2, 2, 2, 1};
    struct rank rank = judge_array(bytes, one);
    assert_int_equal(rank.pattern, PATTERN_RISES);
    assert_true(rank.evidence > 0.4);
    assert_true(rank.noise == 0);
    assert_true(judge_array(bytes, some).evidence < 0.1);
}

static void an_array_that_swings_does_not_rise(void **state)
{
    const int64_t bytes[] = {5 * MIB, 3 * MIB, 9 * MIB, 4 * MIB, 10 * MIB}, one[] = {1, 1, 1, 1, 1};
    assert_false(judge_array(bytes, one).is_growing);
}

static void a_managed_heap_sinks(void **state)
{
    struct rank_evidence managed = leak;
    managed.is_managed = true;
    assert_true(rank_judge(&managed, 10 * MIB).evidence < 0.5);
}

static void scratch_of_a_compiler_does_not_grow(void **state)
{
    struct rank_evidence scratch = leak;
    assert_true(rank_judge(&scratch, 10 * MIB).is_growing);
    scratch.is_scratch = true;
    assert_int_equal(rank_judge(&scratch, 10 * MIB).pattern, PATTERN_NOISE);
    assert_false(rank_judge(&scratch, 10 * MIB).is_growing);
}

static void shrinking_sites_do_not_grow(void **state)
{
    const int64_t shrunk[] = {20 * MIB, 10 * MIB};
    struct rank_evidence evidence = leak;
    evidence.live_bytes = shrunk;
    struct rank rank = rank_judge(&evidence, 10 * MIB);
    assert_int_equal(rank.pattern, PATTERN_FLAT);
    assert_true(rank.evidence == 0 && !rank.is_growing);
}

static void growth_within_sampling_noise_is_not_claimed(void **state)
{
    struct rank_evidence sampled = leak;
    sampled.deviation = 4.0 * MIB;
    assert_int_equal(rank_judge(&sampled, 10 * MIB).pattern, PATTERN_NOISE);
    sampled.deviation = 3.0 * MIB;
    assert_true(rank_judge(&sampled, 10 * MIB).is_growing);
}

static void crumbs_are_not_listed(void **state)
{
    assert_true(rank_judge(&leak, 1000 * MIB).is_growing);
    assert_false(rank_judge(&leak, 100000 * MIB).is_growing);
}

static void evidence_stays_between_0_and_1(void **state)
{
    const int64_t extremes[] = {-1, 0, 1, INT64_MAX / 4};
    for (int i = 0; i < 1024; i++) {
        int64_t live[] = {extremes[i & 3], extremes[i >> 2 & 3]};
        struct rank_evidence evidence = {.live_bytes = live,
                                         .live_blocks = live,
                                         .x = x,
                                         .count = 2,
                                         .allocated_bytes = extremes[i >> 4 & 3],
                                         .allocations = extremes[i >> 6 & 3],
                                         .old_bytes = extremes[i >> 8 & 3],
                                         .old_blocks = extremes[i >> 8 & 3],
                                         .survivors = -1};
        struct rank rank = rank_judge(&evidence, 1000);
        assert_true(rank.evidence >= 0 && rank.evidence <= 1);
    }
}

/* One block that doubles twice and rests: complete, unless its pages go on becoming resident. */
static void an_array_that_rests_goes_on_while_it_is_filled(void **state)
{
    const int64_t bytes[] = {8 * MIB, 16 * MIB, 32 * MIB, 32 * MIB}, one[] = {1, 1, 1, 1};
    struct rank_evidence array = {.live_bytes = bytes,
                                  .live_blocks = one,
                                  .x = x,
                                  .count = 4,
                                  .allocated_bytes = 48 * MIB,
                                  .allocations = 2,
                                  .survivors = -1};
    assert_int_equal(rank_judge(&array, 24 * MIB).pattern, PATTERN_SETTLED);
    array.filling = 6 * MIB;
    assert_int_equal(rank_judge(&array, 24 * MIB).pattern, PATTERN_RISES);
    assert_true(rank_judge(&array, 24 * MIB).evidence > 0);
    array.filling = 40 * MIB; /* not its own */
    assert_int_equal(rank_judge(&array, 24 * MIB).pattern, PATTERN_SETTLED);
    array.filling = 6 * MIB;
    array.old_blocks = 1; /* the same block as before: a pool reported that it grew */
    assert_int_equal(rank_judge(&array, 24 * MIB).pattern, PATTERN_SETTLED);
}

/* Its blocks moved, so that churn is looked at, too. */
static void one_snapshot_is_judged_and_has_not_grown(void **state)
{
    (void)state;
    struct rank_evidence one = leak;
    one.count = 1;
    one.allocated_bytes = 1000 * MIB;
    one.old_blocks = 0;
    struct rank rank = rank_judge(&one, 10 * MIB);
    assert_false(rank.is_growing);
    assert_int_equal(rank.pattern, PATTERN_FLAT);
    one.deviation = (double)MIB;
    assert_false(rank_judge(&one, 0).is_growing);
}

TEST_MAIN(cmocka_unit_test(a_plain_leak_has_full_evidence),
          cmocka_unit_test(the_score_falls_with_the_root_of_size), cmocka_unit_test(churn_sinks),
          cmocka_unit_test(growth_within_churn_is_not_claimed),
          cmocka_unit_test(a_leak_on_a_rare_path_is_not_in_flight),
          cmocka_unit_test(small_growth_does_not_convince),
          cmocka_unit_test(a_series_that_is_certain_shows_little_growth),
          cmocka_unit_test(scratch_of_a_compiler_does_not_grow),
          cmocka_unit_test(old_blocks_make_no_noise), cmocka_unit_test(turnover_sinks),
          cmocka_unit_test(what_happened_once_sinks_below_a_small_leak),
          cmocka_unit_test(the_unknown_lies_between),
          cmocka_unit_test(patterns_of_a_series_are_told_apart),
          cmocka_unit_test(newcomers_of_the_last_moment_sink),
          cmocka_unit_test(an_array_that_is_regrown_rises),
          cmocka_unit_test(an_array_that_swings_does_not_rise),
          cmocka_unit_test(an_array_that_rests_goes_on_while_it_is_filled),
          cmocka_unit_test(a_managed_heap_sinks), cmocka_unit_test(shrinking_sites_do_not_grow),
          cmocka_unit_test(growth_within_sampling_noise_is_not_claimed),
          cmocka_unit_test(one_snapshot_is_judged_and_has_not_grown),
          cmocka_unit_test(crumbs_are_not_listed), cmocka_unit_test(evidence_stays_between_0_and_1))
