/* test_verdict.c -- From the parts of RSS growth to one sentence.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/verdict.h"
#include "test.h"

#include <string.h>

#define MIB ((int64_t)1 << 20)

/* A server of 80 MiB with a site that is worth naming. */
static struct verdict_input server(void)
{
    return (struct verdict_input){.rss_first = 80 * MIB,
                                  .rss_last = 80 * MIB,
                                  .live_first = 10 * MIB,
                                  .top_name = "handleUpload (server.js:42)"};
}

static void grow(struct verdict_input *input, enum part part, int64_t bytes)
{
    input->growth.bytes[part] += bytes;
    input->rss_last += bytes;
}

static void expect(const struct verdict_input *input, enum verdict_kind kind, const char *words)
{
    struct verdict verdict = verdict_reach(input);
    assert_string_equal(verdict_name(verdict.kind), verdict_name(kind));
    if (!strstr(verdict.text.bytes, words))
        fail_msg("'%s' is not in: %s", words, verdict.text.bytes);
    assert_int_equal(verdict.text.bytes[verdict.text.length - 1], '.');
    text_done(&verdict.text);
}

static void live_buffers_that_explain_rss_are_a_leak(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_BUFFERS, 60 * MIB);
    grow(&input, PART_JS_HEAP, MIB);
    input.top_growth = 59 * MIB;
    expect(&input, VERDICT_LEAK,
           "RSS grew by 61.0 MiB; 60.0 MiB of it are off-heap buffers that are still live, "
           "most of them from handleUpload (server.js:42)");
}

static void live_native_blocks_are_a_leak(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 30 * MIB);
    input.top_growth = 10 * MIB;
    expect(&input, VERDICT_LEAK, "the most (10.0 MiB) from handleUpload");
}

static void live_growth_is_a_leak_before_rss_follows(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 5 * MIB);
    grow(&input, PART_RETENTION, -5 * MIB);
    expect(&input, VERDICT_LEAK,
           "5.0 MiB of native blocks were added and are still live, while RSS "
           "changed by 0 B");
}

static void a_convincing_site_is_a_leak_though_the_sum_shrank(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, -3 * MIB);
    input.top_growth = 4 * MIB;
    input.top_score = 0.9;
    expect(&input, VERDICT_LEAK, "4.0 MiB of native blocks");
    input.top_score = 0.2;
    expect(&input, VERDICT_NONE, "Nothing grew");
}

static void a_grown_js_heap_is_no_leak_of_ours(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_JS_HEAP, 40 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, MIB / 2);
    expect(&input, VERDICT_JS_HEAP, "40.0 MiB of it is the JavaScript heap");
}

static void what_the_allocator_keeps_is_retention(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_RETENTION, 50 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, MIB / 4);
    expect(&input, VERDICT_RETENTION, "the allocator holds 50.0 MiB more");
}

static void mappings_and_stacks_of_threads_are_mappings(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_MAPPINGS, 20 * MIB);
    expect(&input, VERDICT_MAPPING, "20.0 MiB of it are mappings");
    input = server();
    grow(&input, PART_THREAD_STACKS, 20 * MIB);
    expect(&input, VERDICT_MAPPING, "20.0 MiB of it are stacks of threads");
}

static void movement_within_noise_is_nothing(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, MIB / 4);
    grow(&input, PART_JS_HEAP, MIB / 2);
    expect(&input, VERDICT_NONE, "Nothing grew beyond noise: RSS changed by +768.0 KiB");
    input = server();
    grow(&input, PART_NATIVE_BLOCKS, -20 * MIB);
    expect(&input, VERDICT_NONE, "RSS changed by -20.0 MiB");
}

static void a_small_program_has_small_noise(void **state)
{
    struct verdict_input input = {.rss_first = 2 * MIB, .rss_last = 2 * MIB};
    grow(&input, PART_NATIVE_BLOCKS, MIB / 2);
    expect(&input, VERDICT_LEAK, "512.0 KiB of it are native blocks");
}

static void growth_of_the_recorder_is_not_the_programs(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_OTHER, 30 * MIB);
    input.growth.heapdiff = 29 * MIB;
    expect(&input, VERDICT_NONE, "29.0 MiB is heapdiff's own");
}

static void nothing_recorded_is_not_measurable(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_BUFFERS, 60 * MIB);
    input.not_measurable = "nothing was recorded";
    expect(&input, VERDICT_NOT_MEASURABLE, "nothing was recorded");
}

TEST_MAIN(cmocka_unit_test(live_buffers_that_explain_rss_are_a_leak),
          cmocka_unit_test(live_native_blocks_are_a_leak),
          cmocka_unit_test(live_growth_is_a_leak_before_rss_follows),
          cmocka_unit_test(a_convincing_site_is_a_leak_though_the_sum_shrank),
          cmocka_unit_test(a_grown_js_heap_is_no_leak_of_ours),
          cmocka_unit_test(what_the_allocator_keeps_is_retention),
          cmocka_unit_test(mappings_and_stacks_of_threads_are_mappings),
          cmocka_unit_test(movement_within_noise_is_nothing),
          cmocka_unit_test(a_small_program_has_small_noise),
          cmocka_unit_test(growth_of_the_recorder_is_not_the_programs),
          cmocka_unit_test(nothing_recorded_is_not_measurable))
