/* test_contract.c -- What the shim has written is what the program did, and what the analyzer
 * reads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/schema.h"
#include "frames/frames.h"
#include "hooks/outside.h"
#include "store/block_list.h"
#include "symbols/symbols.h"
#include "test.h"

#define FIRST "contract.1.db"
#define THIRD "contract.3.db"
#define LAST  "contract.4.db"

/* The stack of grow(), by what it has ever allocated. */
#define GROWN(bytes) "(SELECT id FROM stack WHERE kind = 'malloc' AND allocated_bytes = " #bytes ")"

static const struct fixture_result *run_program(const char *variables)
{
    return outside_run(TEST_PROGRAM " argument 'and another'", "", fixture_path("contract.%n.db"),
                       variables);
}

static int run_once(void **state)
{
    (void)state;
    const char *const names[] = {FIRST, "contract.2.db", THIRD, LAST};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        fixture_path(names[i]); /* removed at the end */
    return strcmp(run_program("")->out, "0\n0\n0\n") != 0;
}

static struct store *open_store(const char *name)
{
    struct error error;
    struct store *store = store_open(fixture_path(name), &error);
    if (!store)
        fail_msg("%s", error.message);
    return store;
}

#define NUMBER(name, ...) outside_number(fixture_path(name), __VA_ARGS__)
#define TEXT(name, ...)   outside_text(fixture_path(name), __VA_ARGS__)

/* Each is an SQL expression that must be true. */
static void assert_all(const char *name, const char *const *truths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (NUMBER(name, "SELECT %s", truths[i]) != 1)
            fail_msg("%s: not true: %s", name, truths[i]);
}
#define ASSERT_ALL(name, truths) assert_all(name, truths, sizeof truths / sizeof *truths)

static void without_the_shim_the_api_says_so(void **state)
{
    assert_string_equal(outside_run_alone(TEST_PROGRAM, "")->out, "-1\n-1\n-1\n");
}

static void files_are_sound_databases_of_this_schema(void **state)
{
    const char *fresh = fixture_path("fresh.db"),
               *schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema"
                         " WHERE sql NOT NULL ORDER BY name)";
    fixture_sql(fresh, format_schema_sql);
    char *expected = strdup(outside_text(fresh, "%s", schema));
    const char *const names[] = {FIRST, "contract.2.db", THIRD, LAST};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        assert_string_equal(TEXT(names[i], "PRAGMA integrity_check"), "ok");
        assert_int_equal(NUMBER(names[i], "SELECT count(*) FROM pragma_foreign_key_check"), 0);
        assert_int_equal(NUMBER(names[i], "PRAGMA application_id"), FORMAT_APPLICATION_ID);
        assert_int_equal(NUMBER(names[i], "PRAGMA user_version"), FORMAT_VERSION);
        assert_string_equal(TEXT(names[i], "%s", schema), expected);
        assert_string_equal(TEXT(names[i], "PRAGMA journal_mode"), "delete");
    }
    free(expected);
}

/* ---- totals
 * --------------------------------------------------------------------------------------- */

static void totals_are_the_same_by_every_way(void **state)
{
    struct store *store = open_store(THIRD);
    int64_t blocks = 0, bytes = 0, rss = 0;
    for (size_t i = 0; i < store->stacks.count; i++) {
        blocks += store->stacks.items[i].live_blocks;
        bytes += store->stacks.items[i].live_bytes;
    }
    for (unsigned i = 0; i < OWNER_COUNT; i++)
        rss += store->rss[i];
    assert_int_equal(blocks, store->facts.live_blocks);
    assert_int_equal(bytes, store->facts.live_bytes);
    assert_int_equal(rss, store->facts.rss_bytes);
    assert_int_equal(NUMBER(THIRD, "SELECT sum(live_blocks) FROM stack"), blocks);
    assert_int_equal(NUMBER(THIRD, "SELECT sum(live_bytes) FROM stack"), bytes);
    assert_int_equal(NUMBER(THIRD, "SELECT sum(bytes) FROM rss"), rss);
    assert_int_equal(NUMBER(THIRD, "SELECT sum(rss_bytes) FROM mapping"), rss);
    store_close(store);
}

static void ages_and_sizes_add_up_to_what_is_live(void **state)
{
    const char *const truths[] = {
        "(SELECT count(*) > 0 FROM age) AND (SELECT count(*) > 0 FROM size)",
        "NOT EXISTS (SELECT 1 FROM stack WHERE live_blocks <> (SELECT coalesce(sum(live_blocks), 0)"
        " FROM age WHERE stack_id = stack.id))",
        "NOT EXISTS (SELECT 1 FROM stack WHERE live_bytes <> (SELECT coalesce(sum(live_bytes), 0)"
        " FROM age WHERE stack_id = stack.id))",
        "NOT EXISTS (SELECT 1 FROM stack WHERE live_blocks <> (SELECT coalesce(sum(live_blocks), 0)"
        " FROM size WHERE stack_id = stack.id))",
        "NOT EXISTS (SELECT 1 FROM stack WHERE live_bytes <> (SELECT coalesce(sum(live_bytes), 0)"
        " FROM size WHERE stack_id = stack.id))",
        "NOT EXISTS (SELECT 1 FROM size WHERE class > 0 AND (live_bytes < live_blocks << class OR"
        " live_bytes >= live_blocks << class + 1))",
        "NOT EXISTS (SELECT 1 FROM stack WHERE allocations < live_blocks OR live_blocks < 0 OR"
        " live_variance <> 0 OR truncated <> 0)",
        "NOT EXISTS (SELECT 1 FROM age, snapshot s WHERE age.epoch > s.epoch)"};
    ASSERT_ALL(FIRST, truths);
    ASSERT_ALL(THIRD, truths);
}

/* ---- what the program did
 * -------------------------------------------------------------------------- */

static void survivors_are_known_by_their_epoch(void **state)
{
    const char *const truths[] = {
        "(SELECT epoch FROM snapshot) = 2",
        "(SELECT group_concat(epoch || ':' || live_blocks || ':' || live_bytes, ' ') FROM age WHERE"
        " stack_id = " GROWN(60000) ") = '0:6:6000 1:20:20000 2:30:30000'",
        "(SELECT live_blocks = 56 AND live_bytes = 56000 AND allocations = 60 AND first_epoch = 0"
        " FROM stack WHERE id = " GROWN(60000) ")",
        "(SELECT group_concat(class || ':' || live_blocks) FROM size WHERE stack_id = " GROWN(
            60000) ") = '9:56'"};
    ASSERT_ALL(THIRD, truths);
    assert_int_equal(NUMBER(FIRST, "SELECT live_blocks FROM stack WHERE id = " GROWN(10000)), 10);
}

static void pools_are_counted_and_pauses_are_not(void **state)
{
    const char *const truths[] = {
        "(SELECT count(*) FROM stack WHERE kind = 'pool') = 1",
        "(SELECT live_blocks = 15 AND live_bytes = 960 AND allocations = 20 AND allocated_bytes ="
        " 1280 FROM stack WHERE kind = 'pool')",
        "(SELECT name FROM stack_frames f JOIN stack s ON s.id = f.stack_id WHERE kind = 'pool' AND"
        " depth = 0) = 'objects'",
        "NOT EXISTS (SELECT 1 FROM stack WHERE allocated_bytes % 3070 = 0 AND allocated_bytes > "
        "0)"};
    ASSERT_ALL(THIRD, truths);
}

static void mappings_have_a_region_and_what_is_resident(void **state)
{
    const char *const truths[] = {
        "(SELECT live_blocks = 1 AND live_bytes = 300 * 4096 FROM stack WHERE kind = 'mmap' AND"
        " allocated_bytes = 300 * 4096)",
        "(SELECT owner = 'mmap' AND r.end - r.start = 300 * 4096 AND resident_bytes = 16 * 4096"
        " FROM region r JOIN stack s ON s.id = r.stack_id WHERE s.allocated_bytes = 300 * 4096)",
        "(SELECT bytes >= 16 * 4096 FROM rss WHERE owner = 'mmap')",
        "NOT EXISTS (SELECT 1 FROM region WHERE start >= end OR resident_bytes < 0 OR"
        " owner NOT IN ('mmap', 'allocator', 'thread stack', 'heapdiff'))",
        "NOT EXISTS (SELECT 1 FROM region a JOIN region b ON b.start > a.start AND b.start < "
        "a.end)",
        "EXISTS (SELECT 1 FROM region WHERE owner = 'heapdiff' AND resident_bytes > 0)",
        "(SELECT bytes > 0 FROM rss WHERE owner = 'heapdiff')",
        "(SELECT bytes > 0 FROM rss WHERE owner = 'file')",
        "(SELECT bytes > 0 FROM rss WHERE owner = 'allocator')",
        "(SELECT bytes > 0 FROM rss WHERE owner = 'thread stack')",
        "(SELECT group_concat(owner) FROM (SELECT owner FROM rss ORDER BY owner)) ="
        " 'allocator,file,heapdiff,mmap,other,thread stack'"};
    ASSERT_ALL(THIRD, truths);
}

/* The functions of a stack, leaf first, joined by '<'; the store has one with these bytes. */
static void name_stack(const char *file, int64_t allocated_bytes, char *names, size_t size)
{
    struct error error;
    struct store *store = open_store(file);
    struct symbols *symbols = symbols_new(NULL);
    struct rules *rules = rules_new(NULL, &error);
    struct frames *frames = frames_new(store, symbols, rules);
    *names = '\0';
    for (size_t i = 0; i < store->stacks.count; i++) {
        if (store->stacks.items[i].allocated_bytes != allocated_bytes)
            continue;
        struct frames_walk walk = frames_leaf(frames, &store->stacks.items[i]);
        for (const struct frame *frame; (frame = frames_caller(&walk));)
            snprintf(names + strlen(names), size - strlen(names), "%s<", frame->function);
    }
    frames_free(frames);
    rules_free(rules);
    symbols_free(symbols);
    store_close(store);
}

static void frames_are_the_functions_of_the_program(void **state)
{
    char names[4096];
    name_stack(THIRD, 60000, names, sizeof names);
    if (strncmp(names, "grow<stage<main<", 16) != 0)
        fail_msg("the stack is %s", names);
    name_stack(THIRD, 300 * 4096, names, sizeof names);
    if (strncmp(names, "map_pages<main<", 15) != 0)
        fail_msg("the stack is %s", names);
    name_stack(THIRD, 1280, names, sizeof names);
    if (strncmp(names, "objects<heapdiff_alloc_call<use_pool<main<", 42) != 0)
        fail_msg("the stack is %s", names);
}

/* ---- every column
 * --------------------------------------------------------------------------------- */

static void the_snapshots_row_tells_what_was_measured(void **state)
{
    const char *const truths[] = {
        "(SELECT count(*) FROM snapshot) = 1",
        "(SELECT number = 1 AND label = 'one' AND reason = 'api' AND epoch = 0 FROM snapshot)",
        "(SELECT abs(time_ns / 1000000000 - unixepoch()) < 600 FROM snapshot)",
        "(SELECT uptime_ns > 0 AND uptime_ns < 60000000000 FROM snapshot)",
        "(SELECT duration_ns > 0 AND duration_ns < 10000000000 FROM snapshot)",
        "(SELECT pid > 1 AND ppid >= 0 AND uid >= 0 FROM snapshot)",
        "(SELECT started_ns > 0 AND started_ns % 10000000 = 0 FROM snapshot)",
        "(SELECT program = 'contract_program' FROM snapshot)",
        "(SELECT executable LIKE '/%/contract_program' FROM snapshot)",
        "(SELECT command_line LIKE '%/contract_program argument and another' FROM snapshot)",
        "(SELECT directory LIKE '/%' AND host <> '' AND version LIKE '_%.%' FROM snapshot)",
        "(SELECT page_size = 4096 AND threads = 1 AND sample_bytes = 0 FROM snapshot)",
        "(SELECT rss_bytes > 0 AND peak_rss_bytes >= rss_bytes - 1048576 FROM snapshot)"};
    ASSERT_ALL(FIRST, truths);
    assert_string_equal(TEXT("contract.2.db", "SELECT label FROM snapshot"), "two words/ä");
    assert_int_equal(NUMBER(THIRD, "SELECT threads FROM snapshot"), 2);
    assert_string_equal(TEXT(LAST, "SELECT number || reason || label || epoch FROM snapshot"),
                        "4exit3");
}

static void modules_and_locations_are_whole(void **state)
{
    const char *const truths[] = {
        "EXISTS (SELECT 1 FROM module WHERE path LIKE '/%/libc.so.6' AND length(build_id) = 40)",
        "(SELECT count(*) FROM module WHERE path = (SELECT executable FROM snapshot)) = 1",
        "EXISTS (SELECT 1 FROM module WHERE path LIKE '/%/libheapdiff.so')",
        "NOT EXISTS (SELECT 1 FROM module WHERE start >= end OR unloaded <> 0 OR path = '')",
        "NOT EXISTS (SELECT 1 FROM location WHERE module_id IS NULL AND jit_name IS NULL)",
        "NOT EXISTS (SELECT 1 FROM location l JOIN module m ON m.id = l.module_id WHERE"
        " l.address < m.start OR l.address > m.end OR l.offset <> l.address - m.bias)",
        "NOT EXISTS (SELECT 1 FROM location l JOIN module m ON m.id = l.module_id WHERE"
        " m.path LIKE '%/libheapdiff.so')",
        "NOT EXISTS (SELECT 1 FROM stack WHERE node_id IS NULL)",
        "(SELECT count(*) FROM location) = (SELECT count(DISTINCT address) FROM location)",
        "NOT EXISTS (SELECT 1 FROM node GROUP BY parent_id, location_id HAVING count(*) > 1)"};
    ASSERT_ALL(THIRD, truths);
}

static void the_kernels_mappings_are_whole(void **state)
{
    const char *const truths[] = {
        "NOT EXISTS (SELECT 1 FROM mapping WHERE start >= end OR length(permissions) <> 4 OR"
        " rss_bytes > end - start OR pss_bytes > rss_bytes OR dirty_bytes > rss_bytes OR"
        " kind NOT IN ('heap', 'stack', 'file', 'anonymous', 'shared', 'special'))",
        "(SELECT count(*) FROM mapping WHERE kind = 'heap' AND path = '[heap]') = 1",
        "(SELECT count(*) FROM mapping WHERE kind = 'stack' AND path = '[stack]') = 1",
        ("EXISTS (SELECT 1 FROM mapping WHERE kind = 'file' AND path = (SELECT executable FROM"
         " snapshot) AND permissions = 'r-xp' AND file_offset > 0)")};
    ASSERT_ALL(THIRD, truths);
}

static void the_small_tables_are_filled(void **state)
{
    const char *const truths[] = {
        "(SELECT group_concat(number) FROM epoch) = '0,1,2'",
        "(SELECT uptime_ns FROM epoch WHERE number = 0) = 0",
        "NOT EXISTS (SELECT 1 FROM epoch a JOIN epoch b ON b.number = a.number + 1 WHERE"
        " b.uptime_ns <= a.uptime_ns)",
        "(SELECT uptime_ns FROM epoch WHERE number = 2) < (SELECT uptime_ns FROM snapshot)",
        "(SELECT sum(value) FROM counter WHERE name LIKE 'dropped%') = 0",
        "(SELECT value >= (SELECT count(*) FROM stack) FROM counter WHERE name = 'stacks')",
        "(SELECT value FROM counter WHERE name = 'modules') = (SELECT count(*) FROM module)",
        "(SELECT value > 0 FROM counter WHERE name = 'table_reserved_bytes')",
        "NOT EXISTS (SELECT 1 FROM counter WHERE meaning = '' OR value < 0)",
        "(SELECT count(*) FROM option WHERE name GLOB 'HEAPDIFF_*') >= 10",
        "(SELECT is_set = 1 AND value LIKE '/%/contract.%n.db' FROM option WHERE name ="
        " 'HEAPDIFF_OUT')",
        "(SELECT is_set = 0 AND value = '128' FROM option WHERE name = 'HEAPDIFF_DEPTH')",
        "(SELECT value FROM allocator WHERE name = 'glibc' AND statistic = 'allocated_bytes') > "
        "56000",
        "(SELECT count(*) FROM block) + (SELECT count(*) FROM runtime) + (SELECT count(*) FROM"
        " symbol) = 0"};
    ASSERT_ALL(THIRD, truths);
}

static void views_answer_at_once(void **state)
{
    const char *const truths[] = {
        "(SELECT live_bytes = 300 * 4096 AND kind = 'mmap' AND stack LIKE 'contract_program+0x%<%'"
        " FROM top_sites LIMIT 1)",
        "(SELECT frees FROM top_sites WHERE stack_id = " GROWN(60000) ") = 4",
        "(SELECT count(*) FROM top_sites) = (SELECT count(*) FROM stack WHERE live_blocks > 0)",
        "(SELECT min(depth) = 0 AND count(*) = max(depth) + 1 FROM stack_frames WHERE stack_id "
        "= " GROWN(60000) ")"};
    ASSERT_ALL(THIRD, truths);
}

/* ---- blocks
 * ------------------------------------------------------------------------------------------- */

static void every_block_is_listed_when_it_is_asked_for(void **state)
{
    const char *const truths[] = {
        "NOT EXISTS (SELECT 1 FROM stack WHERE kind = 'malloc' AND (live_blocks, live_bytes) <>"
        " (SELECT count(*), coalesce(sum(size), 0) FROM block WHERE stack_id = stack.id))",
        "NOT EXISTS (SELECT 1 FROM age WHERE stack_id IN (SELECT stack_id FROM block) AND"
        " live_blocks <> (SELECT count(*) FROM block WHERE stack_id = age.stack_id AND"
        " epoch = age.epoch))",
        "(SELECT count(*) FROM block WHERE stack_id = " GROWN(60000) ") = 56",
        "(SELECT count(*) = 15 AND sum(size) = 960 FROM pool_block)",
        "(SELECT count(*) FROM pragma_foreign_key_check) = 0",
        "(SELECT threads = 2 AND label = 'three' AND program = 'contract_program' FROM snapshot)",
        "(SELECT sum(bytes) FROM rss) = (SELECT rss_bytes FROM snapshot)",
        "(SELECT resident_bytes = 16 * 4096 FROM region r JOIN stack s ON s.id = r.stack_id WHERE"
        " s.allocated_bytes = 300 * 4096)"};
    struct error error;
    run_program("HEAPDIFF_BLOCKS=1");
    ASSERT_ALL(THIRD, truths);
    struct store *store = open_store(THIRD);
    assert_int_equal(
        block_list_count(store, &error),
        NUMBER(THIRD, "SELECT sum(live_blocks) FROM stack WHERE kind NOT IN ('mmap', 'thread')"));
    store_close(store);
}

static void sampled_blocks_are_listed_too(void **state)
{
    const char *const truths[] = {
        "(SELECT count(*) > 0 FROM block)",
        "NOT EXISTS (SELECT 1 FROM stack WHERE kind = 'malloc' AND abs(live_blocks - (SELECT"
        " total(1 / (1 - exp(-size / 512.0))) FROM block WHERE stack_id = stack.id)) > 1)"};
    run_program("HEAPDIFF_BLOCKS=1 HEAPDIFF_SAMPLE=512");
    ASSERT_ALL(THIRD, truths);
}

/* ---- sampled
 * ------------------------------------------------------------------------------------------ */

static void a_sampled_snapshot_says_how_sure_it_is(void **state)
{
    const char *const truths[] = {
        "(SELECT sample_bytes = 512 FROM snapshot)", "(SELECT sum(live_variance) > 0 FROM stack)",
        "NOT EXISTS (SELECT 1 FROM stack WHERE allocations < live_blocks)",
        ("(SELECT sum(live_bytes) FROM stack) BETWEEN (SELECT live_bytes - 1000 FROM snapshot) AND"
         " (SELECT live_bytes + 1000 FROM snapshot)"),
        "(SELECT count(*) FROM pragma_foreign_key_check) = 0"};
    run_program("HEAPDIFF_SAMPLE=512");
    ASSERT_ALL(THIRD, truths);
    /* 56 blocks of 1000 bytes, each taken with a probability of 0.86: within six times the error */
    double estimate = (double)NUMBER(THIRD, "SELECT live_bytes FROM stack WHERE live_bytes BETWEEN"
                                            " 20000 AND 100000 AND kind = 'malloc'");
    assert_true(fabs(estimate - 56000) < 6 * 3050);
    store_close(open_store(THIRD));
}

/* A mapping is not sampled: it counts once, as it is. */
static void mappings_and_pools_are_exact_when_blocks_are_sampled(void **state)
{
    const char *const truths[] = {
        "(SELECT live_blocks = 1 AND allocations = 1 AND allocated_bytes = 300 * 4096 FROM stack"
        " WHERE kind = 'mmap' AND live_bytes = 300 * 4096)",
        "(SELECT live_blocks = 15 AND live_bytes = 960 AND allocations = 20 AND allocated_bytes ="
        " 1280 FROM stack WHERE kind = 'pool')"};
    run_program("HEAPDIFF_SAMPLE=524288");
    ASSERT_ALL(THIRD, truths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_shim_the_api_says_so),
        cmocka_unit_test(files_are_sound_databases_of_this_schema),
        cmocka_unit_test(totals_are_the_same_by_every_way),
        cmocka_unit_test(ages_and_sizes_add_up_to_what_is_live),
        cmocka_unit_test(survivors_are_known_by_their_epoch),
        cmocka_unit_test(pools_are_counted_and_pauses_are_not),
        cmocka_unit_test(mappings_have_a_region_and_what_is_resident),
        cmocka_unit_test(frames_are_the_functions_of_the_program),
        cmocka_unit_test(the_snapshots_row_tells_what_was_measured),
        cmocka_unit_test(modules_and_locations_are_whole),
        cmocka_unit_test(the_kernels_mappings_are_whole),
        cmocka_unit_test(the_small_tables_are_filled),
        cmocka_unit_test(views_answer_at_once),
        cmocka_unit_test(every_block_is_listed_when_it_is_asked_for),
        cmocka_unit_test(sampled_blocks_are_listed_too),
        cmocka_unit_test(a_sampled_snapshot_says_how_sure_it_is),
        cmocka_unit_test(mappings_and_pools_are_exact_when_blocks_are_sampled)};
    return cmocka_run_group_tests(tests, run_once, NULL);
}
