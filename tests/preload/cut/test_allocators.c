/* test_allocators.c -- What allocators say of themselves, and what glibc's arenas hold free.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <unistd.h>

#include "hooks/outside.h"
#include "test.h"

static const char *database;

static void run(const char *library, const char *variables)
{
    if (*library && access(library, R_OK) != 0)
        skip(); /* that allocator is not installed */
    fixture_path("exit.db");
    database = fixture_path("holes.db");
    const struct fixture_result *result =
        outside_run(TEST_PROGRAMS "/allocating", library, fixture_path("%l.db"), variables);
    assert_string_equal(result->out, "0\n");
}

static void assert_true_in(const char *file, const char *truth)
{
    if (outside_number(fixture_path(file), "SELECT %s", truth) != 1)
        fail_msg("%s: not true: %s", file, truth);
}

/* The program has 1000 blocks of 1000 bytes, and holes of as many bytes between them. */
#define COMMON(name)                                                                               \
    "(SELECT min(name = '" name "') FROM allocator) AND"                                           \
    " (SELECT value FROM allocator WHERE statistic = 'held_bytes') >= (SELECT live_bytes FROM"     \
    " snapshot) AND (SELECT value FROM counter WHERE name = 'allocator_not_asked') = 0"
#define ALLOCATED                                                                                  \
    "(SELECT value FROM allocator WHERE statistic = 'allocated_bytes') BETWEEN (SELECT live_bytes" \
    " FROM snapshot) AND (SELECT live_bytes * 13 / 10 FROM snapshot)"
#define FREE                                                                                       \
    "(SELECT value FROM allocator WHERE statistic = 'free_bytes') BETWEEN 900000 AND"              \
    " (SELECT value FROM allocator WHERE statistic = 'held_bytes')"

static void glibcs_are_counted_without_asking(void **state)
{
    run("", "");
    assert_true_in("holes.db", COMMON("glibc"));
    assert_true_in("holes.db", ALLOCATED);
    assert_true_in("holes.db", FREE);
    assert_true_in("exit.db", COMMON("glibc"));
}

static void glibcs_holes_are_found_in_every_arena(void **state)
{
    run("", "");
    const char *const truths[] = {
        "(SELECT count(*) FROM arena WHERE live_blocks >= 500) = 2",
        "(SELECT count(*) FROM arena) = 2", /* our own thread has none */
        "(SELECT min(start % 67108864 = 0) FROM arena WHERE start > (SELECT min(start) FROM arena)"
        ")",
        /* 1000-byte blocks are chunks of 1008: class 9; the first one of all may have no neighbour
         * before it */
        "(SELECT min(holes BETWEEN 498 AND 510 AND bytes BETWEEN 498 * 1008 AND 510 * 1023) FROM"
        " hole WHERE class = 9 AND holes > 100)",
        "(SELECT count(*) FROM hole WHERE class = 9 AND holes > 100) = 2",
        "NOT EXISTS (SELECT 1 FROM arena WHERE hole_bytes <> (SELECT total(bytes) FROM hole WHERE"
        " arena_id = arena.id))",
        "NOT EXISTS (SELECT 1 FROM arena WHERE live_bytes + hole_bytes + top_bytes > end - start OR"
        " top_resident_bytes > resident_bytes OR resident_bytes > end - start)"};
    for (unsigned i = 0; i < sizeof truths / sizeof *truths; i++)
        assert_true_in("holes.db", truths[i]);
    assert_true_in("exit.db", "(SELECT count(*) FROM arena WHERE live_blocks >= 500) = 2");
    /* what lies before the first block of an arena is no hole */
    assert_true_in("holes.db",
                   "abs((SELECT sum(hole_bytes + top_bytes) FROM arena WHERE live_blocks > 0) -"
                   " (SELECT value FROM allocator WHERE statistic = 'free_bytes')) < 140000");
}

static void the_copy_that_lists_blocks_finds_the_same(void **state)
{
    run("", "HEAPDIFF_BLOCKS=1");
    assert_true_in("holes.db", COMMON("glibc"));
    assert_true_in("holes.db", "(SELECT count(*) FROM arena WHERE live_blocks >= 500) = 2");
}

static void sampled_recording_knows_no_holes(void **state)
{
    run("", "HEAPDIFF_SAMPLE=4096");
    assert_true_in("holes.db", "(SELECT count(*) FROM arena) + (SELECT count(*) FROM hole) = 0");
    assert_true_in("holes.db", "(SELECT value FROM allocator WHERE statistic = 'held_bytes') > "
                               "(SELECT value FROM allocator WHERE statistic = 'free_bytes')");
    assert_true_in("holes.db", "(SELECT value FROM allocator WHERE statistic = 'allocated_bytes') "
                               "BETWEEN 500000 AND 2500000");
}

static void jemalloc_is_asked(void **state)
{
    run(TEST_JEMALLOC, "");
    assert_true_in("holes.db", COMMON("jemalloc"));
    assert_true_in("holes.db", ALLOCATED);
    assert_true_in("holes.db", FREE);
    assert_true_in("holes.db", "(SELECT value FROM allocator WHERE statistic = 'free_bytes of "
                               "1024') BETWEEN 900 * 1024 AND 1100 * 1024");
    assert_true_in("holes.db", "(SELECT count(*) FROM arena) = 0");
    assert_true_in("holes.db",
                   "(SELECT value BETWEEN 1 AND 1000 FROM allocator WHERE statistic = 'narenas')");
}

static void tcmalloc_is_asked(void **state)
{
    run(TEST_TCMALLOC, "");
    assert_true_in("holes.db", COMMON("tcmalloc"));
    assert_true_in("holes.db", ALLOCATED);
    assert_true_in("holes.db", FREE);
}

static void mimalloc_is_asked(void **state)
{
    run(TEST_MIMALLOC, "");
    assert_true_in("holes.db", COMMON("mimalloc"));
}

TEST_MAIN(cmocka_unit_test(glibcs_are_counted_without_asking),
          cmocka_unit_test(glibcs_holes_are_found_in_every_arena),
          cmocka_unit_test(the_copy_that_lists_blocks_finds_the_same),
          cmocka_unit_test(sampled_recording_knows_no_holes), cmocka_unit_test(jemalloc_is_asked),
          cmocka_unit_test(tcmalloc_is_asked), cmocka_unit_test(mimalloc_is_asked))
