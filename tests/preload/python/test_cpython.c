/* test_cpython.c -- A CPython is believed when its memory is as the layout says, and not otherwise.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/cpython.h"

#include "python_memory.h"
#include "tables/modules.h"
#include "test.h"

static uintptr_t cframe[8]; /* of the interpreter, as on a stack */

static void a_thread_whose_chain_has_code_makes_it_ready(void **state)
{
    (void)state;
    PYTHON_EACH(version)
    {
        python_begin(version);
        python_run(python_frame(0, python_code("f", "f.py", 1)), (uintptr_t)cframe);
        assert_false(cpython_is_ready());
        cpython_learn();
        assert_true(cpython_is_ready());
        assert_int_equal(cpython_thread_state(), python_state);
    }
}

static void entry_frames_before_the_first_code_are_passed(void **state)
{
    (void)state;
    PYTHON_EACH(version)
    {
        python_begin(version);
        if (!cpython.layout.frame_owner)
            continue;
        uintptr_t entry = python_frame(python_frame(0, python_code("f", "f.py", 1)), 0);
        python_make_entry(entry);
        python_run(entry, (uintptr_t)cframe);
        cpython_learn();
        assert_true(cpython_is_ready());
    }
}

static void nothing_is_learned_before_something_runs(void **state)
{
    (void)state;
    PYTHON_EACH(version)
    {
        python_begin(version);
        python_run(0, (uintptr_t)cframe);
        cpython_learn();
        assert_int_equal(cpython_stage, CPYTHON_HERE);
        python_put(python_state, cpython.layout.state_thread, 4711); /* another thread's */
        python_run(python_frame(0, python_code("f", "f.py", 1)), (uintptr_t)cframe);
        cpython_learn();
        assert_int_equal(cpython_stage, CPYTHON_HERE);
    }
}

static void what_is_not_as_the_layout_says_is_refused(void **state)
{
    (void)state;
    PYTHON_EACH(version)
    {
        uintptr_t odd[] = {python_object(64), 0, 8, 0x123456789ab8, UINTPTR_MAX - 7, 4097};
        for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
            python_begin(version); /* no code object where one should be */
            python_run(python_frame(0, odd[i]), (uintptr_t)cframe);
            cpython_learn();
            assert_int_equal(cpython_stage, CPYTHON_REFUSED);
            if (i == 0 || !odd[i])
                continue;
            python_begin(version); /* no frame */
            python_run(odd[i], (uintptr_t)cframe);
            cpython_learn();
            assert_int_equal(cpython_stage, CPYTHON_REFUSED);
        }
    }
}

/* As in a test version, whose structures are not yet those of the release. */
static void code_whose_names_are_elsewhere_is_refused(void **state)
{
    (void)state;
    PYTHON_EACH(version)
    {
        uintptr_t none = python_object(64);
        for (unsigned i = 0; i < 2; i++) {
            python_begin(version);
            uintptr_t code = python_code("f", "f.py", 1);
            python_put(code, i ? cpython.layout.code_name : cpython.layout.code_file, none);
            python_run(python_frame(0, code), (uintptr_t)cframe);
            cpython_learn();
            assert_int_equal(cpython_stage, CPYTHON_REFUSED);
        }
    }
}

static void a_python_that_has_ended_is_left_before_it_can_be_unloaded(void **state)
{
    (void)state;
    python_begin(0x030d);
    assert_false(cpython_leave_ended()); /* nothing is known of it, nothing is read */
    python_run(python_frame(0, python_code("f", "f.py", 1)), (uintptr_t)cframe);
    cpython_learn();
    assert_false(cpython_leave_ended()); /* it runs */
    assert_true(cpython_is_ready());
    *python_key = 0;
    assert_true(cpython_leave_ended());
    assert_int_equal(cpython_stage, CPYTHON_REFUSED);
    assert_false(cpython_leave_ended());
}

static void a_key_that_was_given_up_leads_nowhere(void **state)
{
    (void)state;
    python_begin(0x030b);
    python_run(python_frame(0, python_code("f", "f.py", 1)), (uintptr_t)cframe);
    cpython_learn();
    assert_int_equal(cpython_thread_state(), python_state);
    *python_key = 0;
    assert_int_equal(cpython_thread_state(), 0);
}

static void a_program_without_python_has_none(void **state)
{
    (void)state;
    cpython_stage = CPYTHON_UNKNOWN;
    modules_refresh();
    assert_false(cpython_is_here());
    assert_int_equal(cpython_stage, CPYTHON_UNKNOWN);
}

TEST_MAIN(cmocka_unit_test(a_thread_whose_chain_has_code_makes_it_ready),
          cmocka_unit_test(entry_frames_before_the_first_code_are_passed),
          cmocka_unit_test(nothing_is_learned_before_something_runs),
          cmocka_unit_test(what_is_not_as_the_layout_says_is_refused),
          cmocka_unit_test(code_whose_names_are_elsewhere_is_refused),
          cmocka_unit_test(a_python_that_has_ended_is_left_before_it_can_be_unloaded),
          cmocka_unit_test(a_key_that_was_given_up_leads_nowhere),
          cmocka_unit_test(a_program_without_python_has_none))
