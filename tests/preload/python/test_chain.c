/* test_chain.c -- The chain of Python frames, read anew or compared: always what is there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/chain.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "python/interleave.h"
#include "python_memory.h"
#include "random.h"
#include "tables/modules.h"
#include "tables/places.h"
#include "test.h"

#define DEPTH 64 /* frames that a stack may have */
#define MOST  1500

static struct stacks_room room;
static uintptr_t cframes[4][8]; /* outermost first: where an interpreter's C frame has its mark */
static uintptr_t callers[MOST]; /* made-up frames of one chain, outermost first */
static uintptr_t codes[8];
static unsigned depth;

/* The C stack that the thread has, as far as the chain is concerned. */
static struct unwind unwind;
static uintptr_t hook;

static void begin(uint32_t version)
{
    python_begin(version);
    cpython_stage = CPYTHON_READY;
    cpython.key = (pthread_key_t)(*python_key >> 32);
    cpython.key_word = (const _Atomic uint64_t *)(void *)python_key;
    cpython.key_value = *python_key;
    hook = (uintptr_t)cframes - 64;
    unwind = (struct unwind){.low = hook, .high = (uintptr_t)(cframes + 4)};
    for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", i);
        codes[i] = python_code(name, "/srv/f.py", (int)i + 1);
    }
    depth = 0;
}

static void push(unsigned code)
{
    callers[depth] = python_frame(depth ? callers[depth - 1] : 0, codes[code % 8]);
    depth++;
}

static void run(void)
{
    python_run(depth ? callers[depth - 1] : 0, (uintptr_t)cframes[0]);
}

static uint64_t take(struct chain *chain)
{
    run();
    return chain_take(chain, &unwind, hook);
}

/* What a reader says that has never seen the chain. */
static uint64_t take_anew(void)
{
    static struct chain *fresh;
    fresh = fresh ? fresh : chain_begin(DEPTH);
    chain_reset(fresh);
    return take(fresh);
}

#define IN_ALL_VERSIONS()                                                                          \
    for (unsigned each = 0; each < PYTHON_VERSIONS && (begin(python_versions[each]), true); each++)

static void a_chain_has_the_same_hash_every_time(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        assert_int_equal(take(chain), 0);
        for (unsigned i = 0; i < 10; i++)
            push(i);
        uint64_t hash = take(chain);
        assert_int_not_equal(hash, 0);
        assert_int_equal(chain->kept, 10);
        assert_int_equal(take(chain), hash);
        assert_int_equal(take_anew(), hash);
    }
}

static void a_moved_instruction_anywhere_is_seen(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        for (unsigned i = 0; i < 10; i++)
            push(i);
        uint64_t hash = take(chain);
        for (unsigned i = 0; i < 10; i++) {
            python_move(callers[i], codes[i % 8], 99);
            assert_int_not_equal(take(chain), hash);
            assert_int_equal(take(chain), take_anew());
            python_move(callers[i], codes[i % 8], 10);
            assert_int_equal(take(chain), hash);
        }
    }
}

/* A walk of a thousand steps: calls, returns, moves, other callers for the same frame. */
static void whatever_happens_the_hash_is_that_of_a_new_reader(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        uint64_t seed = 7 + each;
        for (unsigned turn = 0; turn < 4000; turn++) {
            unsigned what = (unsigned)random_next(&seed) % 8;
            unsigned which = depth ? (unsigned)random_next(&seed) % depth : 0;
            if (what < 3 && depth < 90)
                push((unsigned)random_next(&seed));
            else if (what < 5 && depth > 0)
                depth--;
            else if (what == 5 && depth > 8)
                depth -= 7; /* an exception */
            else if (what == 6 && depth > 0)
                python_move(callers[which], codes[random_next(&seed) % 8], 10 + turn % 5);
            else if (what == 7 && depth > 1 && which > 0) /* a generator, resumed by another one */
                callers[which - 1] =
                    python_frame(which > 1 ? callers[which - 2] : 0, codes[turn % 8]);
            for (unsigned i = 1; i < depth; i++)
                python_put(callers[i], cpython.layout.frame_previous, callers[i - 1]);
            if (turn % 3)
                assert_int_equal(take(chain), take_anew());
        }
    }
}

static void code_that_took_the_place_of_other_code_is_told_apart(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        push(1);
        push(2);
        uint64_t hash = take(chain);
        depth--;
        take(chain);
        python_put(codes[2], cpython.layout.code_name, python_text("g"));
        push(2);
        uint64_t other = take(chain);
        assert_int_not_equal(other, hash);
        python_put(codes[2], cpython.layout.code_name, python_text("f2"));
        python_put(codes[2], cpython.layout.code_file, python_text("/srv/g.py"));
        assert_int_not_equal(take_anew(), hash);
        assert_int_not_equal(take_anew(), other);
    }
}

static void code_without_owners_is_not_looked_into(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        push(1);
        python_put(codes[1], 0, 0);
        python_put(codes[1], cpython.layout.code_name, 0x123456789ab8);
        assert_int_not_equal(take_anew(), 0);
    }
}

static void what_is_no_code_is_not_looked_into(void **state)
{
    (void)state;
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(page, MAP_FAILED);
    uintptr_t none = (uintptr_t)page + 4096 - 16; /* behind it there may be nothing */
    python_put(none, 0, 1);
    IN_ALL_VERSIONS()
    {
        push(1);
        python_move(callers[0], none, 0);
        assert_int_not_equal(take_anew(), 0);
    }
    munmap(page, 4096);
}

static void of_a_deep_chain_the_innermost_frames_count(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        uint64_t last = 0, hash = 0;
        for (unsigned i = 0; i < MOST; i++) {
            push(1);
            last = hash;
            hash = take(chain);
            if (i % 50 == 0)
                assert_int_equal(hash, take_anew());
        }
        assert_int_equal(hash, last); /* the same DEPTH frames */
        while (depth-- > 1)
            if (depth % 50 == 0 || depth < 2 * DEPTH)
                assert_int_equal(take(chain), take_anew());
    }
}

static void nothing_is_read_when_python_ends(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        push(1);
        assert_int_not_equal(take(chain), 0);
        python_put(cpython.runtime, cpython.layout.runtime_finalizing, python_state);
        assert_int_equal(take(chain), 0);
        assert_int_equal(chain->kept, 0);
        chain_before_unmap(); /* no reader: returns */
        python_put(cpython.runtime, cpython.layout.runtime_finalizing, 0);
        assert_int_not_equal(take(chain), 0);
        *python_key = 0; /* nor when its key was given up */
        assert_int_equal(take(chain), 0);
    }
}

static void nothing_is_read_of_a_python_that_may_be_unloaded(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        push(1);
        assert_int_not_equal(take(chain), 0);
        *python_key = 0;
        chain_before_unload();
        cpython.runtime = 8; /* unmapped */
        cpython.key_word = (const _Atomic uint64_t *)8;
        assert_int_equal(take(chain), 0);
        cpython_stage = CPYTHON_READY; /* which another thread has still seen */
        pthread_setspecific(cpython.key, NULL);
        assert_int_equal(take(chain), 0);
    }
}

static void what_runs_on_another_stack_is_not_ours(void **state)
{
    (void)state;
    IN_ALL_VERSIONS()
    {
        struct chain *chain = chain_begin(DEPTH);
        push(1);
        run();
        unwind.high = unwind.low + 8;
        uint64_t hash = chain_take(chain, &unwind, hook);
        assert_int_equal(hash == 0, cpython.layout.state_cframe != 0);
    }
}

/* ---- both as one stack ------------------------------------------------------------------------
 */

static struct unwind_frame frames[16]; /* outermost first */
static uintptr_t words[DEPTH];

/* Return addresses 0x9000 … of the program itself, shown without where that lies. */
static uintptr_t native(unsigned number)
{
    return (uintptr_t)native + number - 0x9000;
}

/* Five native frames that lie round the marks: 0x9000 … 0x9004, leaf first. */
static void make_native(void)
{
    const uintptr_t size = sizeof *cframes;
    unwind.base = (uintptr_t)cframes - 4 * size;
    for (unsigned i = 0; i < 5; i++)
        frames[4 - i] =
            (struct unwind_frame){.pc = native(0x9000 + i), .sp = (uint32_t)((2 + i) * size)};
    unwind.frames = frames;
    unwind.kept = unwind.depth = 5;
    unwind.limit = DEPTH;
}

static void expect_woven(struct chain *chain, const char *const *expected)
{
    struct interleave both = {
        .unwind = &unwind, .chain = chain, .room = &room, .words = words, .limit = DEPTH};
    interleave(&both);
    for (unsigned i = 0; expected[i]; i++) {
        char text[64];
        assert_true(i < both.count);
        if (places_is(words[i]))
            snprintf(text, sizeof text, "%s", places_text(words[i]));
        else
            snprintf(text, sizeof text, "%x", (unsigned)(words[i] - native(0)));
        assert_string_equal(text, expected[i]);
        assert_true(!expected[i + 1] || i + 1 < both.count);
        assert_true(expected[i + 1] || i + 1 == both.count);
    }
    assert_false(both.cut);
}

#define WOVEN(...) ((const char *const[]){__VA_ARGS__, NULL})

static void frames_stand_behind_their_interpreters(void **state)
{
    (void)state;
    begin(0x030b); /* f0 calls f1 through C; f1 calls f2 and that f3 without C */
    make_native();
    struct chain *chain = chain_begin(DEPTH);
    push(0);
    python_put((uintptr_t)cframes[1], cpython.layout.cframe_frame, callers[0]);
    push(1), push(2), push(3);
    python_put((uintptr_t)cframes[0], cpython.layout.cframe_previous, (uintptr_t)cframes[1]);
    take(chain);
    expect_woven(chain, WOVEN("9000", "9001", "9002", "py::f3:/srv/f.py:4", "py::f2:/srv/f.py:3",
                              "py::f1:/srv/f.py:2", "9003", "py::f0:/srv/f.py:1", "9004"));
}

static void entry_frames_end_groups_and_are_not_shown(void **state)
{
    (void)state;
    modules_refresh();
    for (uint32_t version = 0x030c; version <= 0x030d; version++) {
        begin(version);
        make_native();
        struct chain *chain = chain_begin(DEPTH);
        static uint8_t area[4][256]; /* a stack of its own: entries are larger than marks */
        unwind.base = (uintptr_t)area - 256;
        unwind.low = hook = unwind.base;
        unwind.high = (uintptr_t)(area + 4);
        for (unsigned i = 0; i < 5; i++)
            frames[4 - i].sp = (uint32_t)(i * 256);
        for (unsigned group = 0; group < 2; group++) {
            uintptr_t entry = (uintptr_t)area[2 - group];
            memset(area[2 - group], 0, 256);
            python_put(entry, cpython.layout.frame_previous, depth ? callers[depth - 1] : 0);
            python_make_entry(entry);
            callers[depth++] = entry;
            push(group);
        }
        push(2);
        run();
        if (cpython.layout.state_cframe) {
            python_put((uintptr_t)area[0], cpython.layout.cframe_frame, callers[depth - 1]);
            python_put(python_state, cpython.layout.state_cframe, (uintptr_t)area[0]);
        }
        assert_int_not_equal(chain_take(chain, &unwind, hook), 0);
        frames[0].pc = 0x7000; /* of no module, behind an interpreter: perf's own piece of code */
        expect_woven(chain, WOVEN("9000", "9001", "9002", "py::f2:/srv/f.py:3",
                                  "py::f1:/srv/f.py:2", "9003", "py::f0:/srv/f.py:1"));
    }
}

static void before_3_11_every_function_has_its_interpreter(void **state)
{
    (void)state;
    begin(0x0309); /* where nothing is kept on the C stack, addresses tell */
    make_native();
    frames[3].pc = frames[1].pc = native(0x9009);
    cpython.eval_start = native(0x9005);
    cpython.eval_end = native(0x9010);
    struct chain *chain = chain_begin(DEPTH);
    push(0), push(1);
    take(chain);
    expect_woven(chain, WOVEN("9000", "9009", "py::f1:/srv/f.py:2", "9002", "9009",
                              "py::f0:/srv/f.py:1", "9004"));
    push(2); /* whose interpreter is not among the frames */
    take(chain);
    expect_woven(chain, WOVEN("9000", "9009", "py::f2:/srv/f.py:3", "9002", "9009",
                              "py::f1:/srv/f.py:2", "9004", "py::f0:/srv/f.py:1"));
}

static void no_more_than_the_limit_is_given_out(void **state)
{
    (void)state;
    begin(0x030b);
    make_native();
    struct chain *chain = chain_begin(DEPTH);
    for (unsigned i = 0; i < 2 * DEPTH; i++)
        push(i);
    take(chain);
    struct interleave both = {
        .unwind = &unwind, .chain = chain, .room = &room, .words = words, .limit = DEPTH};
    interleave(&both);
    assert_int_equal(both.count, DEPTH);
    assert_true(both.cut);
}

TEST_MAIN(cmocka_unit_test(a_chain_has_the_same_hash_every_time),
          cmocka_unit_test(a_moved_instruction_anywhere_is_seen),
          cmocka_unit_test(whatever_happens_the_hash_is_that_of_a_new_reader),
          cmocka_unit_test(code_that_took_the_place_of_other_code_is_told_apart),
          cmocka_unit_test(code_without_owners_is_not_looked_into),
          cmocka_unit_test(what_is_no_code_is_not_looked_into),
          cmocka_unit_test(of_a_deep_chain_the_innermost_frames_count),
          cmocka_unit_test(nothing_is_read_when_python_ends),
          cmocka_unit_test(nothing_is_read_of_a_python_that_may_be_unloaded),
          cmocka_unit_test(what_runs_on_another_stack_is_not_ours),
          cmocka_unit_test(frames_stand_behind_their_interpreters),
          cmocka_unit_test(entry_frames_end_groups_and_are_not_shown),
          cmocka_unit_test(before_3_11_every_function_has_its_interpreter),
          cmocka_unit_test(no_more_than_the_limit_is_given_out))
