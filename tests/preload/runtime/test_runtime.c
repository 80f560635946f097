/* test_runtime.c -- Exchanges with managed heaps: who is asked, who answers, whose word counts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "record/record.h"
#include "runtime/helper.h"
#include "runtime/profile.h"
#include "runtime/scripts.h"
#include "test.h"

/* A member that answers on command, from the thread of the test. */
struct fake {
    struct heapdiff_member *member;
    unsigned wakes;
};

static unsigned rings;

static void ring(void)
{
    rings++;
}

static void wake(void *context)
{
    ((struct fake *)context)->wakes++;
}

static void join(struct fake *fake, const char *name, bool is_main)
{
    const struct heapdiff_member_info info = {
        .version = MEMBER_VERSION, .is_main = is_main, .name = name, .wake = wake, .context = fake};
    fake->wakes = 0;
    fake->member = runtime_join(&info);
    assert_non_null(fake->member);
}

static uint32_t take(const struct fake *fake, bool expect_collect)
{
    bool collect;
    uint32_t request = runtime_take(fake->member, &collect);
    if (request)
        assert_int_equal(collect, expect_collect);
    return request;
}

static void answer(const struct fake *fake, uint32_t request, double used)
{
    static const char names[] = "used\0limit";
    const double values[] = {used, 100};
    runtime_answer(fake->member, request, names, sizeof names, values, 2);
}

/* What runtime_each says, as "NAME STATISTIC VALUE;" */
static char said[512];

static void add_said(const char *name, const char *statistic, double value, void *nothing)
{
    size_t length = strlen(said);
    snprintf(said + length, sizeof said - length, "%s %s %g;", name, statistic, value);
}

static const char *all_numbers(void)
{
    *said = '\0';
    runtime_each(add_said, NULL);
    return said;
}

static struct fake first, second;

static int set_up(void **state)
{
    atomic_store(&origin.recording, RECORD_ON);
    options.thread = true;
    runtime_init(ring);
    join(&first, "node", true);
    join(&second, "node worker 1", false);
    rings = 0;
    return 0;
}

static int tear_down(void **state)
{
    helper_stop();
    runtime_forked(); /* forgets all members and the exchange */
    return 0;
}

static void an_exchange_is_settled_when_all_have_answered(void **state)
{
    char text[256];
    unsigned asked, silent;
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, true));
    runtime_wake_members(); /* or the helper thread was faster; never both */
    assert_int_equal(first.wakes, 1);
    answer(&first, take(&first, true), 1);
    assert_int_equal(rings, 1);
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, true));
    assert_string_equal(all_numbers(), "");
    answer(&second, take(&second, true), 2);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, true));
    runtime_wake_members();
    assert_int_equal(first.wakes, 1);
    assert_string_equal(all_numbers(), "node used 1;node limit 100;"
                                       "node worker 1 used 2;node worker 1 limit 100;");
    runtime_count(&asked, &silent);
    assert_int_equal(asked, 2);
    assert_int_equal(silent, 0);
    assert_int_equal(runtime_outcome(text, sizeof text), 0);
    assert_string_equal(text, "");
    runtime_over(RUNTIME_FOR_ASKER);
    assert_string_equal(all_numbers(), "");
}

static void a_request_is_taken_once_and_answered_once(void **state)
{
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, false));
    uint32_t request = take(&first, false);
    assert_int_not_equal(request, 0);
    assert_int_equal(take(&first, false), 0);
    answer(&first, request, 1);
    answer(&first, request, 5);
    answer(&second, take(&second, false), 2);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, false));
    assert_non_null(strstr(all_numbers(), "node used 1;"));
}

static void an_answer_to_an_earlier_request_is_dropped(void **state)
{
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, false));
    uint32_t earlier = take(&first, false);
    runtime_over(RUNTIME_FOR_ASKER);
    answer(&first, earlier, 1);
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, false));
    answer(&first, earlier, 1);
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, false));
    answer(&first, take(&first, false), 3);
    answer(&second, take(&second, false), 4);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, false));
    assert_non_null(strstr(all_numbers(), "node used 3;"));
}

static void who_leaves_is_not_waited_for_and_what_it_said_stays(void **state)
{
    struct fake late;
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, false));
    answer(&first, take(&first, false), 1);
    runtime_leave(first.member);
    runtime_leave(second.member);
    join(&late, "node", true);
    assert_ptr_not_equal(late.member, first.member);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, false));
    assert_string_equal(all_numbers(), "node used 1;node limit 100;");
    assert_int_equal(late.wakes, 0);
}

static void names_of_members_are_unique(void **state)
{
    struct fake again;
    join(&again, "node", true);
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, false));
    answer(&first, take(&first, false), 1);
    answer(&second, take(&second, false), 2);
    answer(&again, take(&again, false), 3);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, false));
    assert_non_null(strstr(all_numbers(), "node 2 used 3;"));
}

static void a_collection_that_fails_in_the_main_heap_is_none(void **state)
{
    char text[256];
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, true));
    runtime_answer(first.member, take(&first, true), "", 0, NULL, 0);
    answer(&second, take(&second, true), 2);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, true));
    assert_int_equal(runtime_outcome(text, sizeof text), ENOTSUP);
    assert_non_null(strstr(text, "could not be called"));
}

static void without_members_there_is_nothing_to_wait_for_and_no_collection(void **state)
{
    char text[256];
    runtime_leave(first.member);
    runtime_leave(second.member);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, true));
    assert_int_equal(runtime_outcome(text, sizeof text), ENOTSUP);
    assert_non_null(strstr(text, "no runtime"));
}

static void our_own_snapshot_does_not_wait_for_an_askers_collection(void **state)
{
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, true));
    assert_true(runtime_settled(RUNTIME_FOR_OURSELVES, false));
    assert_string_equal(all_numbers(), "");
    runtime_over(RUNTIME_FOR_OURSELVES);
    answer(&first, take(&first, true), 1);
    answer(&second, take(&second, true), 2);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, true));
}

static void an_exchange_under_way_has_a_deadline(void **state)
{
    assert_int_equal(runtime_deadline(), 0);
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, false));
    uint64_t numbers = runtime_deadline();
    runtime_over(RUNTIME_FOR_ASKER);
    assert_false(runtime_settled(RUNTIME_FOR_ASKER, true));
    uint64_t collection = runtime_deadline();
    take(&first, true);
    uint64_t begun = runtime_deadline();
    assert_true(0 < numbers && numbers < collection && collection < begun);
}

static double live_seen;
static unsigned profiles_seen;

static void see_profile(const char *name, const struct heapdiff_member_profile *profile,
                        void *nothing)
{
    assert_string_equal(name, "node");
    assert_string_equal(profile->texts, "remember");
    live_seen = profile->live[3];
    profiles_seen++;
}

static const double frame[] = {12, 18}, node[] = {0, 0}, live[] = {0, 1, 3, 300, 9};

static struct heapdiff_member_profile profile_of_one(void)
{
    static const char texts[] = "remember\0/srv/server.js";
    return (struct heapdiff_member_profile){.texts = texts,
                                            .text_size = sizeof texts,
                                            .frames = frame,
                                            .nodes = node,
                                            .live = live,
                                            .frame_count = 1,
                                            .node_count = 1,
                                            .live_count = 1};
}

static void a_profile_lives_as_long_as_its_exchange(void **state)
{
    struct heapdiff_member_profile given = profile_of_one();
    profiles_seen = 0;
    runtime_settled(RUNTIME_FOR_ASKER, true);
    uint32_t request = take(&first, true);
    runtime_profile(first.member, request + 1, &given); /* of no request */
    runtime_profile(first.member, request, &given);
    answer(&first, request, 1);
    answer(&second, take(&second, true), 1);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, true));
    runtime_each_profile(see_profile, NULL);
    assert_int_equal(profiles_seen, 1);
    assert_true(live_seen == 300);
    runtime_over(RUNTIME_FOR_ASKER);
    runtime_settled(RUNTIME_FOR_ASKER, true);
    answer(&first, take(&first, true), 1);
    answer(&second, take(&second, true), 1);
    assert_true(runtime_settled(RUNTIME_FOR_ASKER, true));
    runtime_each_profile(see_profile, NULL);
    assert_int_equal(profiles_seen, 1);
    runtime_over(RUNTIME_FOR_ASKER);
}

static void a_profile_that_leads_out_of_its_arrays_is_dropped(void **state)
{
    static const double own_caller[] = {1, 0}, no_frame[] = {0, 1}, no_node[] = {1, 1, 3, 300, 9};
    struct heapdiff_member_profile good = profile_of_one(), bad[5] = {good, good, good, good, good};
    bad[0].nodes = own_caller;
    bad[1].nodes = no_frame;
    bad[2].live = no_node;
    bad[3].text_size--; /* its last text does not end */
    bad[4].text_size = MEMBER_PROFILE_MAX + 1;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(profile_copy(&bad[i]));
    struct profile *profile = profile_copy(&good);
    assert_non_null(profile);
    profile_drop(profile);
}

static void members_find_no_place_without_recording(void **state)
{
    const struct heapdiff_member_info info = {.version = MEMBER_VERSION, .name = "node"};
    const struct heapdiff_member_info foreign = {.version = MEMBER_VERSION + 1, .name = "node"};
    assert_null(runtime_join(&foreign));
    atomic_store(&origin.recording, RECORD_OFF);
    assert_null(runtime_join(&info));
}

static char maps[256];

static void note_map(const char *file, const char *map, void *context)
{
    (void)context;
    size_t length = strlen(maps);
    snprintf(maps + length, sizeof maps - length, "%s=%.20s;", file, map);
}

static void maps_of_scripts_stay_as_they_came_first(void **state)
{
    static char large[SCRIPTS_MAP_MAX + 1], fills[SCRIPTS_MAP_MAX];
    scripts_add("/a.ts", 5, "{1}", 3);
    scripts_add("/b.ts?x", 5, "{2}?", 3);
    scripts_add("/a.ts", 5, "{3}", 3);
    scripts_add("", 0, "{4}", 3);
    scripts_add("/c.ts", 5, large, sizeof large);
    scripts_each(note_map, NULL);
    assert_string_equal(maps, "/a.ts={1};/b.ts={2};");
    memset(fills, '.', sizeof fills);
    for (unsigned i = 0; i < 2 * SCRIPTS_BYTES_MAX / SCRIPTS_MAP_MAX; i++) {
        char name[] = {'/', (char)('A' + i)};
        scripts_add(name, sizeof name, fills, sizeof fills);
    }
    maps[0] = '\0';
    scripts_each(note_map, NULL);
    assert_non_null(strstr(maps, "/A=...................."));
    assert_null(strstr(maps, "/H=")); /* beyond the bound of all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_of_scripts_stay_as_they_came_first),
        cmocka_unit_test_setup_teardown(an_exchange_is_settled_when_all_have_answered, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_request_is_taken_once_and_answered_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_answer_to_an_earlier_request_is_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_leaves_is_not_waited_for_and_what_it_said_stays, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(names_of_members_are_unique, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_collection_that_fails_in_the_main_heap_is_none, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            without_members_there_is_nothing_to_wait_for_and_no_collection, set_up, tear_down),
        cmocka_unit_test_setup_teardown(our_own_snapshot_does_not_wait_for_an_askers_collection,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_exchange_under_way_has_a_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_profile_lives_as_long_as_its_exchange, set_up, tear_down),
        cmocka_unit_test(a_profile_that_leads_out_of_its_arrays_is_dropped),
        cmocka_unit_test_setup_teardown(members_find_no_place_without_recording, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
