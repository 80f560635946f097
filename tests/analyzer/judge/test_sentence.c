/* test_sentence.c -- The verdict's sentence, and that no facts make it contradict itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/sentence.h"

#include "base/units.h"
#include "facts.h"

#include <string.h>

/* A pool of mappings grew more than the blocks: each name stands behind its own number. */
static void a_mapping_is_never_called_blocks(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 21 * MIB);
    grow(&input, PART_MAPPINGS, 30 * MIB);
    claim(&input, CLAIM_BLOCKS, 20 * MIB, true);
    claim(&input, CLAIM_MAPPINGS, 30 * MIB, true);
    expect(&input, VERDICT_LEAK,
           "21.0 MiB of that is native blocks that are still live, mostly from handleUpload "
           "(server.js:42); mappings grew by 30.0 MiB more, mostly from map_pages (pages.c:9).");
}

/* In a series the part holds growth that has stopped, too. */
static void the_part_and_its_growing_sites_are_two_numbers(void **state)
{
    struct verdict_input input = server();
    input.is_series = true;
    grow(&input, PART_NATIVE_BLOCKS, 30 * MIB);
    claim(&input, CLAIM_BLOCKS, 10 * MIB, true);
    expect(&input, VERDICT_LEAK,
           "RSS grew by 30.0 MiB; 30.0 MiB of that is native blocks that are still live; 10.0 MiB "
           "of these keep growing, mostly from handleUpload (server.js:42).");
}

static void work_in_flight_is_not_certain(void **state)
{
    struct verdict_input input = server();
    grow(&input, PART_NATIVE_BLOCKS, 9 * MIB);
    input.flight = (struct verdict_flight){9 * MIB, "worker (render.py:10)", 9 * MIB, 0.0001};
    expect(&input, VERDICT_NONE,
           "Not certain: 9.0 MiB of live blocks may be work in flight, mostly from worker "
           "(render.py:10), which kept 0.01 % of the memory that it allocated; take five "
           "snapshots to be sure.");
    claim(&input, CLAIM_BUFFERS, 2 * MIB, true);
    grow(&input, PART_BUFFERS, 2 * MIB);
    expect(&input, VERDICT_LEAK, "2.0 MiB of that is off-heap buffers");
}

static void a_few_wrappers_of_a_growing_heap_are_no_leak(void **state)
{
    struct verdict_input input = server();
    input.managed_heap = RUNTIME_V8;
    grow(&input, PART_JS_HEAP, 40 * MIB);
    grow(&input, PART_NATIVE_BLOCKS, 2 * MIB);
    claim(&input, CLAIM_BLOCKS, 2 * MIB, true);
    expect(&input, VERDICT_JS_HEAP,
           "40.0 MiB of that is the JavaScript heap; besides, 2.0 MiB of native blocks was added");
}

static void a_convincing_mapping_is_one_before_rss_follows(void **state)
{
    struct verdict_input input = server();
    claim(&input, CLAIM_MAPPINGS, 64 * MIB, true);
    expect(&input, VERDICT_MAPPING,
           "64.0 MiB of mappings was added and never unmapped, mostly from map_pages (pages.c:9), "
           "while");
}

/* Any facts: the verdict never contradicts the sites, and the sentence never the parts. */
static uint64_t seed = 88172645463325252;
static int64_t pick(int64_t most)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int64_t)(seed % (uint64_t)(most + 1));
}

static struct verdict_input any_facts(void)
{
    struct verdict_input input = server();
    input.rss_first = input.rss_last = pick(400) * MIB + MIB;
    input.is_series = pick(1) == 1;
    input.managed_heap = (enum runtime_kind)pick(4);
    input.noise_bytes = pick(2) * MIB;
    for (int i = 0; i < PART_COUNT; i++) {
        if (pick(2) == 0)
            grow(&input, (enum part)i, (pick(60) - 20) * MIB / 2);
        input.has_stopped[i] = input.is_series && pick(1) == 1;
    }
    for (int i = 0; i < CLAIM_COUNT; i++) {
        if (pick(1) == 0)
            claim(&input, (enum claim)i, pick(40) * MIB / 2 + MIB, pick(1) == 1);
    }
    if (pick(3) == 0)
        input.flight = (struct verdict_flight){pick(9) * MIB + 1, "flying", MIB, 0.001};
    return input;
}

static bool names(const struct verdict *verdict, const struct verdict_input *input, enum claim kind)
{
    return input->claims[kind].name && strstr(verdict->text.bytes, input->claims[kind].name);
}

/* "N of that is WHAT" and the growth of that part are one number. */
static void check_share(const struct verdict *verdict, const struct verdict_input *input)
{
    for (int i = 0; i < PART_COUNT; i++) {
        struct text words = {0};
        text_format(&words, " of that is %s", parts_name((enum part)i));
        const char *at = strstr(verdict->text.bytes, words.bytes);
        struct text number = {0};
        text_format(&number, "; %s", units_bytes(input->growth.bytes[i]).text);
        if (at && strncmp(at - number.length, number.bytes, number.length) != 0)
            fail_msg("%s is not %s: %s", words.bytes, number.bytes, verdict->text.bytes);
        text_done(&words);
        text_done(&number);
    }
}

static void the_verdict_never_contradicts_the_sites(void **state)
{
    for (int i = 0; i < 20000; i++) {
        struct verdict_input input = any_facts();
        struct verdict verdict = verdict_reach(&input);
        const struct verdict_claim *js = &input.claims[CLAIM_JS];
        bool convinces = js->convincing > 0 && (double)js->growth > js->noise;
        for (int kind = 0; kind < CLAIM_JS; kind++)
            convinces |= input.claims[kind].convincing > 0;
        assert_false(convinces && verdict.kind == VERDICT_NONE);
        assert_false(convinces && verdict.kind == VERDICT_RETENTION);
        assert_int_equal(convinces && strstr(verdict.text.bytes, "No leak") != NULL, 0);
        if (names(&verdict, &input, CLAIM_MAPPINGS))
            assert_non_null(strstr(verdict.text.bytes, "mappings"));
        if (names(&verdict, &input, CLAIM_BUFFERS))
            assert_non_null(strstr(verdict.text.bytes, "off-heap buffers"));
        if (names(&verdict, &input, CLAIM_BLOCKS))
            assert_non_null(strstr(verdict.text.bytes, "native blocks"));
        check_share(&verdict, &input);
        verdict_done(&verdict);
    }
}

TEST_MAIN(cmocka_unit_test(a_mapping_is_never_called_blocks),
          cmocka_unit_test(the_part_and_its_growing_sites_are_two_numbers),
          cmocka_unit_test(work_in_flight_is_not_certain),
          cmocka_unit_test(a_few_wrappers_of_a_growing_heap_are_no_leak),
          cmocka_unit_test(a_convincing_mapping_is_one_before_rss_follows),
          cmocka_unit_test(the_verdict_never_contradicts_the_sites))
