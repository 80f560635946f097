/* test_cut.c -- What a cut says is live in a sampled process: the shim's own counters, not a model.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut/cut.h"

#include <math.h>

#include "base/host.h"
#include "control/snapshot.h"
#include "options.h"
#include "random.h"
#include "record/record.h"
#include "record/thread.h"
#include "tables/modules.h"
#include "test.h"
#include "unwind/unwind.h"

#define BLOCKS 4000u
#define RUNS   300u
#define SAMPLE 16384u

static int begin(void **state)
{
    (void)state;
    options_read();
    options.depth = 16;
    options.seed = 1; /* the same draws in every run */
    options.sample = SAMPLE;
    host_begin();
    modules_refresh();
    snapshot_init();
    thread_init(options.depth);
    unwind_init();
    record_start();
    return 0;
}

static int end(void **state)
{
    (void)state;
    record_stop();
    return 0;
}

/* A heap like a real one: many small blocks, some of a few pages, few big ones. */
static double make_sizes(size_t sizes[BLOCKS])
{
    uint64_t random = 3;
    double sum = 0;
    for (unsigned i = 0; i < BLOCKS; i++) {
        uint64_t dice = random_below(&random, 100);
        sizes[i] = 16 + random_below(&random, dice < 80 ? 1000 : dice < 98 ? 16000 : 100000);
        sum += (double)sizes[i];
    }
    return sum;
}

/* Addresses that no allocator hands out. */
static const void *address_at(unsigned index)
{
    return (const void *)((uintptr_t)0x3000 << 26 | (uintptr_t)index << 4);
}

struct estimate {
    double blocks, bytes, variance, allocated;
};

/* All stacks of a malloc together. */
static struct estimate cut_now(void)
{
    struct estimate estimate = {0, 0, 0, 0};
    struct cut cut;
    assert_int_equal(cut_begin(&cut), 0);
    assert_int_equal(cut_finish(&cut), 0);
    for (uint32_t id = 1; id <= cut.stack_count; id++) {
        if (!cut_stack(&cut, id) || cut.stacks[id].kind != KIND_MALLOC)
            continue;
        estimate.blocks += cut.stacks[id].live_blocks;
        estimate.bytes += cut.stacks[id].live_bytes;
        estimate.variance += cut.stacks[id].variance;
        estimate.allocated += (double)cut.stacks[id].allocated_bytes;
    }
    cut_done(&cut);
    return estimate;
}

static struct estimate estimate_once(const size_t sizes[BLOCKS])
{
    struct block was;
    double before = cut_now().allocated;
    for (unsigned i = 0; i < BLOCKS; i++)
        record_alloc(address_at(i), sizes[i], KIND_MALLOC, RECORD_HERE());
    struct estimate estimate = cut_now();
    estimate.allocated -= before;
    for (unsigned i = 0; i < BLOCKS; i++)
        record_forget(address_at(i), &was);
    return estimate;
}

static void estimates_are_unbiased_and_their_error_bars_hold(void **state)
{
    static size_t sizes[BLOCKS];
    double truth = make_sizes(sizes);
    struct estimate sum = {0, 0, 0, 0};
    unsigned covered = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        struct estimate estimate = estimate_once(sizes);
        sum.blocks += estimate.blocks;
        sum.bytes += estimate.bytes;
        sum.allocated += estimate.allocated;
        covered += fabs(estimate.bytes - truth) <= 1.96 * sqrt(estimate.variance);
    }
    print_message("blocks %.4f, bytes %.4f, allocated %.4f of the truth; covered %.3f\n",
                  sum.blocks / RUNS / BLOCKS, sum.bytes / RUNS / truth,
                  sum.allocated / RUNS / truth, (double)covered / RUNS);
    assert_true(fabs(sum.blocks / RUNS / BLOCKS - 1) < 0.02);
    assert_true(fabs(sum.bytes / RUNS / truth - 1) < 0.01);
    assert_true(fabs(sum.allocated / RUNS / truth - 1) < 0.01);
    assert_in_range(covered, RUNS * 92 / 100, RUNS * 98 / 100);
}

static void what_is_forgotten_is_not_live(void **state)
{
    static size_t sizes[BLOCKS];
    make_sizes(sizes);
    estimate_once(sizes);
    assert_true(cut_now().bytes == 0);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(estimates_are_unbiased_and_their_error_bars_hold, begin,
                                          end),
          cmocka_unit_test_setup_teardown(what_is_forgotten_is_not_live, begin, end))
