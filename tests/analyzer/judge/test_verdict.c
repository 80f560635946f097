/* test_verdict.c -- From the parts of RSS growth to one sentence.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/verdict.h"

#include "facts.h"

#include <string.h>

static void live_buffers_that_explain_rss_are_a_leak(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_BUFFERS, 60 * MIB);
    grow(&input, PART_JS_HEAP, MIB);
    claim(&input, CLAIM_BUFFERS, 59 * MIB, false);
    expect(&input, VERDICT_LEAK,
           "RSS grew by 61.0 MiB; 60.0 MiB of that is off-heap buffers that are still live, "
           "mostly from readBody (body.js:7)");
}

static void live_native_blocks_are_a_leak(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 30 * MIB);
    claim(&input, CLAIM_BLOCKS, 29 * MIB, false);
    input.claims[CLAIM_BLOCKS].top_growth = 10 * MIB;
    expect(&input, VERDICT_LEAK, "the largest share (10.0 MiB) from handleUpload");
    input.scratch_growth = 30 * MIB - MIB / 2; /* of a compiler at work */
    expect(&input, VERDICT_NONE, "mostly by 29.5 MiB that a JIT compiler has in work");
}

static void live_growth_is_a_leak_before_rss_follows(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 5 * MIB);
    grow(&input, PART_RETENTION, -5 * MIB);
    expect(&input, VERDICT_LEAK,
           "5.0 MiB of native blocks was added and is still live, while RSS "
           "changed by 0 B");
}

static void a_convincing_site_is_a_leak_though_the_sum_shrank(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, -3 * MIB);
    claim(&input, CLAIM_BLOCKS, 4 * MIB, true);
    expect(&input, VERDICT_LEAK,
           "4.0 MiB of native blocks was added and is still live, mostly from handleUpload "
           "(server.js:42), while all native blocks together changed by -3.0 MiB and RSS changed "
           "by -3.0 MiB.");
    claim(&input, CLAIM_BLOCKS, 4 * MIB, false);
    expect(&input, VERDICT_NONE, "No leak:");
}

/* A part of RSS is no leak when its growth lies within what sampling and churn do. */
static void live_growth_within_noise_is_no_leak_though_rss_grew(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 5 * MIB);
    input.noise_bytes = 6 * MIB;
    expect(&input, VERDICT_NONE, "no part of it stands out; live blocks changed by +5.0 MiB");
    input.noise_bytes = 4 * MIB;
    expect(&input, VERDICT_LEAK, "5.0 MiB of that is native blocks");
}

static void a_young_generation_that_was_enlarged_is_no_growth(void **state)
{
    struct verdict_input input = server();
    input.managed_heap = RUNTIME_V8;
    grow(&input, PART_JS_HEAP, 4 * MIB);
    input.nursery_growth = 4 * MIB;
    expect(&input, VERDICT_NONE, "No leak: RSS grew by 4.0 MiB, mostly by 4.0 MiB of V8's young");
    grow(&input, PART_JS_HEAP, 40 * MIB);
    expect(&input, VERDICT_JS_HEAP, "44.0 MiB of that is the JavaScript heap");
}

static void a_grown_js_heap_is_no_leak_of_ours(void **state)
{
    struct verdict_input input = server();
    input.managed_heap = RUNTIME_V8;
    grow(&input, PART_JS_HEAP, 40 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, MIB / 2);
    expect(&input, VERDICT_JS_HEAP, "40.0 MiB of that is the JavaScript heap");
}

static void what_the_allocator_keeps_is_retention(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_RETENTION, 50 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, MIB / 4);
    expect(&input, VERDICT_RETENTION, "the allocator retains 50.0 MiB more freed memory");
}

static void a_little_retention_is_noise(void **state)
{
    struct verdict_input input = server();
    input.is_series = input.has_stopped[PART_NATIVE_BLOCKS] = true;
    grow(&input, PART_NATIVE_BLOCKS, 2 * MIB);
    grow(&input, PART_RETENTION, MIB);
    expect(&input, VERDICT_NONE, "that has stopped");
    grow(&input, PART_RETENTION, MIB);
    expect(&input, VERDICT_RETENTION, "retains 2.0 MiB more");
}

static void mappings_and_stacks_of_threads_are_mappings(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_MAPPINGS, 20 * MIB);
    expect(&input, VERDICT_MAPPING, "20.0 MiB of that is mappings");
    input = server();
    grow(&input, PART_THREAD_STACKS, 20 * MIB);
    expect(&input, VERDICT_MAPPING, "20.0 MiB of that is thread stacks");
}

static void movement_within_noise_is_nothing(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, MIB / 4);
    grow(&input, PART_JS_HEAP, MIB / 2);
    expect(&input, VERDICT_NONE, "No leak: RSS changed by +768.0 KiB");
    input = server();
    grow(&input, PART_NATIVE_BLOCKS, -20 * MIB);
    expect(&input, VERDICT_NONE, "RSS changed by -20.0 MiB");
}

static void a_small_program_has_small_noise(void **state)
{
    struct verdict_input input = {.rss_first = 2 * MIB, .rss_last = 2 * MIB};
    grow(&input, PART_NATIVE_BLOCKS, MIB / 2);
    expect(&input, VERDICT_LEAK, "512.0 KiB of that is native blocks");
}

static void growth_of_the_recorder_is_not_the_programs(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_HEAPDIFF, 29 * MIB);
    grow(&input, PART_OTHER, MIB);
    expect(&input, VERDICT_NONE,
           "No leak: RSS changed by +30.0 MiB, of which 29.0 MiB is heapdiff's own");
    claim(&input, CLAIM_BLOCKS, MIB, true);
    grow(&input, PART_NATIVE_BLOCKS, MIB);
    expect(&input, VERDICT_LEAK, "1.0 MiB of that is native blocks");
}

static void nothing_recorded_is_not_measurable(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_BUFFERS, 60 * MIB);
    input.not_measurable = "nothing was recorded";
    expect(&input, VERDICT_NOT_MEASURABLE, "nothing was recorded");
}

/* RSS grew by RETAINED, all of it retention, with so much free in the allocator. */
static struct verdict_input retaining(const char *allocator, int64_t free_last, int64_t top)
{
    struct verdict_input input = server();
    grow(&input, PART_RETENTION, 50 * MIB);
    input.allocator = (struct verdict_allocator){
        .name = allocator, .free_first = MIB, .free_last = free_last, .top = top, .arenas = 9};
    input.threads_last = 12;
    return input;
}

static void expect_advice(const struct verdict_input *input, const char *words)
{
    struct verdict verdict = verdict_reach(input);
    if (!strstr(verdict.advice.bytes, words))
        fail_msg("'%s' is not in: %s", words, verdict.advice.bytes);
    verdict_done(&verdict);
}

static void retention_says_what_helps_with_this_process_figures(void **state)
{
    struct verdict_input input = retaining("glibc", 48 * MIB, 40 * MIB);
    expect_advice(&input,
                  "glibc holds 48.0 MiB free (1.0 MiB at first), 40.0 MiB of it at the top");
    expect_advice(&input, "malloc_trim(0)");
    expect_advice(&input, "MALLOC_ARENA_MAX=2 keeps 12 threads");
    input = retaining("glibc", 48 * MIB, MIB);
    input.allocator.holes = 90;
    input.allocator.hole_bytes = 44 * MIB;
    input.allocator.hole_least = MIB / 4;
    expect_advice(&input, "44.0 MiB of it in 90 holes of 256.0 KiB and more between live blocks");
    expect_advice(&input, "LD_PRELOAD=libjemalloc.so.2");
    input = retaining("jemalloc", 48 * MIB, -1);
    expect_advice(&input, "dirty_decay_ms");
    input = retaining(NULL, -1, -1);
    expect_advice(&input, "malloc_trim(0)");
    input = retaining("glibc", MIB, 0);
    input.growth_blocks = 3 << 20;
    expect_advice(&input, "About 48.0 MiB of the growth is overhead of 3,145,728 more blocks");
}

static void a_runtime_that_names_nothing_is_told_how(void **state)
{
    static const char *const modules[][2] = {{"node", "--interpreted-frames-native-stack"},
                                             {"libjvm.so", "-XX:+PreserveFramePointer"},
                                             {"python3.11", "CPython 3.9 to 3.13"},
                                             {"libpython3.14.so.1.0", "-X perf"}};
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 50 * MIB);
    claim(&input, CLAIM_BLOCKS, 50 * MIB, true);
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        struct frame frame = {.function = "malloc_for_it", .module = modules[i][0]};
        input.nameless = runtime_of(&frame);
        expect_advice(&input, modules[i][1]);
    }
    input.nameless = (struct runtime){.kind = RUNTIME_V8};
    input.names_refused = true;
    expect_advice(&input, "heapdiff run --perf-map");
    input.nameless = (struct runtime){.kind = RUNTIME_NONE};
    struct verdict verdict = verdict_reach(&input);
    assert_int_equal(verdict.kind, VERDICT_LEAK);
    assert_string_equal(verdict.advice.bytes, "");
    verdict_done(&verdict);
}

static void a_runtime_is_known_by_function_or_module(void **state)
{
    (void)state;
    static const struct {
        struct frame frame;
        struct runtime runtime;
    } cases[] = {
        {{.function = "v8::internal::Heap", .module = "/usr/bin/app"}, {RUNTIME_V8, 0}},
        {{.function = "f", .module = "/usr/lib/libnode.so.108"}, {RUNTIME_V8, 0}},
        {{.function = "f", .module = "/jdk/lib/libjvm.so"}, {RUNTIME_JVM, 0}},
        {{.function = "runtime.mallocgc", .module = "/app"}, {RUNTIME_GO, 0}},
        {{.function = "f", .module = "/usr/lib/libpython3.11.so.1.0"}, {RUNTIME_PYTHON, 11}},
        {{.function = "f", .module = "/usr/bin/python"}, {RUNTIME_PYTHON, 0}},
        {{.function = "f", .module = "/python3/app"}, {RUNTIME_NONE, 0}},
        {{.function = "f"}, {RUNTIME_NONE, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct runtime runtime = runtime_of(&cases[i].frame);
        assert_int_equal(runtime.kind, cases[i].runtime.kind);
        assert_int_equal(runtime.minor, cases[i].runtime.minor);
    }
    assert_string_equal(runtime_heap_name(RUNTIME_GO), "Go heap");
    assert_string_equal(runtime_heap_name(RUNTIME_NONE), "managed heap");
}

static void threads_that_are_left_over_are_counted(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_THREAD_STACKS, 20 * MIB);
    input.threads_first = 4;
    input.threads_last = 44;
    expect_advice(&input, "There are 44 threads now and 4 at first");
    input.threads_last = 4;
    expect_advice(&input, "until the program joins or detaches it");
}

static void a_series_that_stopped_growing_is_nothing(void **state)
{
    struct verdict_input input = server();
    input.is_series = true;
    grow(&input, PART_NATIVE_BLOCKS, 30 * MIB);
    expect(&input, VERDICT_NONE, "No leak: RSS grew by 30.0 MiB");
    claim(&input, CLAIM_BLOCKS, 29 * MIB, false);
    expect(&input, VERDICT_LEAK, "30.0 MiB of that is native blocks");
    input = server();
    input.is_series = true;
    grow(&input, PART_MAPPINGS, 30 * MIB);
    input.has_stopped[PART_MAPPINGS] = true;
    expect(&input, VERDICT_NONE, "that has stopped");
    input.has_stopped[PART_MAPPINGS] = false;
    expect(&input, VERDICT_MAPPING, "mappings");
}

/* The churn of sites that do not grow is not that of the site that does. */
static void churn_elsewhere_hides_no_leak_of_a_series(void **state)
{
    struct verdict_input input = server();
    input.is_series = true;
    grow(&input, PART_NATIVE_BLOCKS, 8 * MIB);
    claim(&input, CLAIM_BLOCKS, 8 * MIB, false);
    input.noise_bytes = 20 * MIB;
    expect(&input, VERDICT_LEAK, "8.0 MiB of that is native blocks");
    input.claims[CLAIM_BLOCKS].noise = 20.0 * MIB;
    expect(&input, VERDICT_NONE, "No leak:");
}

static void what_has_stopped_hides_no_leak_that_goes_on(void **state)
{
    struct verdict_input input = server();
    input.is_series = true;
    grow(&input, PART_RETENTION, 20 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, 3 * MIB);
    grow(&input, PART_MAPPINGS, 20 * MIB);
    claim(&input, CLAIM_BLOCKS, 3 * MIB, true);
    expect(&input, VERDICT_LEAK, "3.0 MiB of that is native blocks");
    claim(&input, CLAIM_BLOCKS, 3 * MIB, false);
    input.has_stopped[PART_MAPPINGS] = true;
    expect(&input, VERDICT_RETENTION, "which is not a leak");
}

/* Nor does what the allocator keeps; but it is named, and has the word when it is nearly all. */
static void retention_hides_no_site_that_convinces(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_RETENTION, 20 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, 3 * MIB);
    claim(&input, CLAIM_BLOCKS, 3 * MIB, true);
    expect(&input, VERDICT_LEAK,
           "handleUpload (server.js:42); the allocator retains 20.0 MiB more");
    grow(&input, PART_RETENTION, 80 * MIB);
    expect(&input, VERDICT_LEAK,
           "RSS grew by 103.0 MiB; 3.0 MiB of that is native blocks that are still live, mostly "
           "from handleUpload (server.js:42); the allocator retains 100.0 MiB more.");
    claim(&input, CLAIM_BLOCKS, 3 * MIB, false);
    expect(&input, VERDICT_RETENTION, "which is not a leak.");
}

static void retention_that_has_stopped_has_to_be_what_grew_most(void **state)
{
    struct verdict_input input = server();
    input.is_series = input.has_stopped[PART_RETENTION] = input.has_stopped[PART_JS_HEAP] = true;
    grow(&input, PART_RETENTION, 5 * MIB);
    expect(&input, VERDICT_RETENTION, "which is not a leak");
    grow(&input, PART_JS_HEAP, 10 * MIB);
    expect(&input, VERDICT_NONE, "that has stopped");
}

static void a_convincing_series_shows_a_slow_leak(void **state)
{
    struct verdict_input input = server();
    input.is_series = true;
    grow(&input, PART_NATIVE_BLOCKS, MIB / 4);
    claim(&input, CLAIM_BLOCKS, MIB / 4, false);
    expect(&input, VERDICT_NONE, "a leak of more than 1.0 MiB would have been noticed");
    claim(&input, CLAIM_BLOCKS, MIB / 4, true);
    expect(&input, VERDICT_LEAK, "256.0 KiB of native blocks");
}

static void churn_and_sampling_raise_the_limit(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 5 * MIB);
    input.rss_last = input.rss_first;
    input.noise_bytes = 6 * MIB;
    expect(&input, VERDICT_NONE, "a leak of more than 6.0 MiB would have been noticed");
}

static void objects_of_a_js_heap_are_named(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_JS_HEAP, 66 * MIB);
    input.managed_heap = RUNTIME_V8;
    claim(&input, CLAIM_JS, 65 * MIB, true);
    struct verdict_claim *js = &input.claims[CLAIM_JS];
    js->noise = 9.0 * MIB;
    expect(&input, VERDICT_JS_HEAP,
           "66.0 MiB of that is the JavaScript heap, most of that kept by objects that "
           "createSession (store.js:5) allocated");
    js->top_growth = 20 * MIB;
    expect(&input, VERDICT_JS_HEAP, "the largest share (20.0 MiB) kept by objects that create");
    js->growth = js->convincing = js->top_growth;
    expect(&input, VERDICT_JS_HEAP, "live objects in it grew by 20.0 MiB, most of that kept by");
    js->noise = 30.0 * MIB;
    expect(&input, VERDICT_JS_HEAP, "is the JavaScript heap.");
}

static void objects_in_a_heap_that_had_room_are_a_leak(void **state)
{
    struct verdict_input input = server();
    claim(&input, CLAIM_JS, 20 * MIB, true);
    expect(&input, VERDICT_JS_HEAP,
           "20.0 MiB of JavaScript objects was added and is still live, while RSS changed by 0 B");
    claim(&input, CLAIM_JS, 20 * MIB, false); /* explains all that RSS grew by */
    expect(&input, VERDICT_JS_HEAP, "20.0 MiB of JavaScript objects");
    claim(&input, CLAIM_JS, MIB, false);
    expect(&input, VERDICT_NONE, "No leak:");
}

/* A leak of both: the larger one speaks, the other one is said. */
static void buffers_that_hang_on_objects_come_second(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_JS_HEAP, 60 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, 20 * MIB);
    input.managed_heap = RUNTIME_V8;
    claim(&input, CLAIM_BLOCKS, 20 * MIB, true);
    claim(&input, CLAIM_JS, 60 * MIB, true);
    expect(&input, VERDICT_JS_HEAP, "createSession (store.js:5) allocated; besides, 20.0 MiB");
    grow(&input, PART_NATIVE_BLOCKS, 60 * MIB);
    claim(&input, CLAIM_BLOCKS, 80 * MIB, true);
    expect(&input, VERDICT_LEAK, "handleUpload");
}

TEST_MAIN(cmocka_unit_test(objects_of_a_js_heap_are_named),
          cmocka_unit_test(objects_in_a_heap_that_had_room_are_a_leak),
          cmocka_unit_test(buffers_that_hang_on_objects_come_second),
          cmocka_unit_test(a_little_retention_is_noise),
          cmocka_unit_test(retention_hides_no_site_that_convinces),
          cmocka_unit_test(retention_that_has_stopped_has_to_be_what_grew_most),
          cmocka_unit_test(live_buffers_that_explain_rss_are_a_leak),
          cmocka_unit_test(live_native_blocks_are_a_leak),
          cmocka_unit_test(live_growth_is_a_leak_before_rss_follows),
          cmocka_unit_test(a_convincing_site_is_a_leak_though_the_sum_shrank),
          cmocka_unit_test(a_young_generation_that_was_enlarged_is_no_growth),
          cmocka_unit_test(a_grown_js_heap_is_no_leak_of_ours),
          cmocka_unit_test(what_the_allocator_keeps_is_retention),
          cmocka_unit_test(mappings_and_stacks_of_threads_are_mappings),
          cmocka_unit_test(movement_within_noise_is_nothing),
          cmocka_unit_test(a_small_program_has_small_noise),
          cmocka_unit_test(growth_of_the_recorder_is_not_the_programs),
          cmocka_unit_test(nothing_recorded_is_not_measurable),
          cmocka_unit_test(retention_says_what_helps_with_this_process_figures),
          cmocka_unit_test(a_runtime_that_names_nothing_is_told_how),
          cmocka_unit_test(a_runtime_is_known_by_function_or_module),
          cmocka_unit_test(threads_that_are_left_over_are_counted),
          cmocka_unit_test(a_series_that_stopped_growing_is_nothing),
          cmocka_unit_test(churn_elsewhere_hides_no_leak_of_a_series),
          cmocka_unit_test(what_has_stopped_hides_no_leak_that_goes_on),
          cmocka_unit_test(a_convincing_series_shows_a_slow_leak),
          cmocka_unit_test(live_growth_within_noise_is_no_leak_though_rss_grew),
          cmocka_unit_test(churn_and_sampling_raise_the_limit))
