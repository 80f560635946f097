/* test_jitcode.c -- The log of announced code keeps its order, and names what it can.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/jitcode.h"

#include <stdio.h>
#include <string.h>

#include "tables/jitmap.h"
#include "test.h"
#include "threads.h"

#define EACH 3000

static void announce(uintptr_t start, const char *name)
{
    jitcode_add(start, 64, name, strlen(name));
}

static void pieces_are_kept_in_their_order(void **state)
{
    struct jitcode code;
    const uintptr_t foreign = 17;
    (void)state;
    assert_int_equal(jitcode_count(), 0);
    assert_false(jitcode_get(0, &code));
    jitcode_add(0x1000, 0x20, "JS:~fTAIL", 5);
    jitcode_move(0x1000, 0x2000, 0x20);
    assert_int_equal(jitcode_count(), 2);
    assert_int_equal(jitmap_size(&foreign, 1), 2);
    assert_true(jitcode_get(0, &code));
    assert_int_equal(code.start, 0x1000);
    assert_int_equal(code.size, 0x20);
    assert_int_equal(code.from, 0);
    assert_string_equal(code.name, "JS:~f");
    assert_true(jitcode_get(1, &code));
    assert_int_equal(code.start, 0x2000);
    assert_int_equal(code.from, 0x1000);
    assert_null(code.name);
    assert_false(jitcode_get(2, &code));
}

static void pieces_that_cannot_be_are_passed_over(void **state)
{
    uint32_t before = jitcode_count();
    (void)state;
    jitcode_add(0, 64, "f", 1);
    jitcode_add(0x1000, 0, "f", 1);
    jitcode_add(0x1000, (size_t)UINT32_MAX + 1, "f", 1);
    jitcode_add(UINTPTR_MAX - 10, 64, "f", 1);
    jitcode_move(0, 0x1000, 64);
    assert_int_equal(jitcode_count(), before);
}

static void a_name_that_is_too_long_is_cut(void **state)
{
    static char name[3 * JITCODE_NAME_SIZE];
    struct jitcode code;
    (void)state;
    memset(name, 'x', sizeof name);
    jitcode_add(0x1000, 64, name, sizeof name);
    assert_true(jitcode_get(jitcode_count() - 1, &code));
    assert_int_equal(strlen(code.name), JITCODE_NAME_SIZE - 1);
}

/* Each thread announces code of its own, as Workers do. */
static uintptr_t work(unsigned number)
{
    char name[32];
    for (unsigned i = 0; i < EACH; i++) {
        snprintf(name, sizeof name, "JS:~f%u", i);
        announce((uintptr_t)(number + 1) << 32 | (i + 1) * 64, name);
    }
    return 0;
}

static void many_threads_announce_at_once(void **state)
{
    uint32_t before = jitcode_count();
    unsigned next[8] = {0};
    (void)state;
    assert_int_equal(threads_run(8, work), 0);
    assert_int_equal(jitcode_count(), before + 8 * EACH);
    for (uint32_t i = before; i < jitcode_count(); i++) {
        struct jitcode code;
        char name[32];
        assert_true(jitcode_get(i, &code));
        unsigned *turn = &next[(code.start >> 32) - 1];
        assert_int_equal((uint32_t)code.start, (*turn + 1) * 64);
        snprintf(name, sizeof name, "JS:~f%u", (*turn)++);
        assert_string_equal(code.name, name);
    }
    assert_int_equal(jitcode_dropped(), 0);
}

/* The last test: the log stays full. */
static void a_full_log_says_where_it_may_be_wrong(void **state)
{
    uintptr_t old = 0x7f0000001000, lost = 0x7f1234567010;
    (void)state;
    announce(old, "JS:~old");
    while (jitcode_count() < JITCODE_MOST)
        announce(old, "JS:~old");
    assert_int_equal(jitcode_dropped(), 0);
    assert_false(jitcode_is_doubtful(lost, jitcode_count()));
    announce(lost, "JS:~lost");
    assert_int_equal(jitcode_dropped(), 1);
    assert_int_equal(jitcode_count(), JITCODE_MOST + 1);
    assert_true(jitcode_is_doubtful(lost + 32, jitcode_count()));
    assert_false(jitcode_is_doubtful(lost, JITCODE_MOST)); /* a stack of before */
    assert_false(jitcode_is_doubtful(old, jitcode_count()));
}

TEST_MAIN(cmocka_unit_test(pieces_are_kept_in_their_order),
          cmocka_unit_test(pieces_that_cannot_be_are_passed_over),
          cmocka_unit_test(a_name_that_is_too_long_is_cut),
          cmocka_unit_test(many_threads_announce_at_once),
          cmocka_unit_test(a_full_log_says_where_it_may_be_wrong))
