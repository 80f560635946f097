/* test_layout.c -- Offsets are those of the version, from 3.13 on those that CPython itself states.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "python/layout.h"

#include "python_memory.h"
#include "test.h"

static struct layout layout;

static bool find(uint32_t version)
{
    return layout_find(version, (uintptr_t)python_runtime, (uintptr_t)(python_runtime + 512),
                       &layout);
}

static void versions_that_are_not_known_have_none(void **state)
{
    PYTHON_EACH(version)
    {
        python_state_offsets(version);
        assert_true(find(version));
        assert_int_equal(layout.version, version);
    }
    python_state_offsets(0x030d);
    assert_false(find(0x0308));
    assert_false(find(0x030e));
    assert_false(find(0));
}

static void old_versions_are_known_beforehand(void **state)
{
    memset(python_runtime, 0, sizeof python_runtime);
    assert_true(find(0x030b));
    assert_int_equal(layout.state_cframe, 56);
    assert_int_equal(layout.code_instructions, 184);
    assert_null(layout_places_of(0x030c));
}

static void a_new_version_states_its_own(void **state)
{
    python_state_offsets(0x030d);
    assert_true(find(0x030d));
    assert_int_equal(layout.runtime_finalizing, PYTHON_MADE_UP.runtime_finalizing);
    assert_int_equal(layout.state_thread, PYTHON_MADE_UP.state_thread);
    assert_int_equal(layout.state_cframe, 0);
    assert_int_equal(layout.state_frame, PYTHON_MADE_UP.state_frame);
    assert_int_equal(layout.frame_previous, PYTHON_MADE_UP.frame_previous);
    assert_int_equal(layout.frame_code, PYTHON_MADE_UP.frame_code);
    assert_int_equal(layout.frame_instruction, PYTHON_MADE_UP.frame_instruction);
    assert_int_equal(layout.frame_owner, PYTHON_MADE_UP.frame_owner);
    assert_int_equal(layout.code_first_line, PYTHON_MADE_UP.code_first_line);
    assert_int_equal(layout.code_file, PYTHON_MADE_UP.code_file);
    assert_int_equal(layout.code_name, PYTHON_MADE_UP.code_name);
    assert_int_equal(layout.code_lines, PYTHON_MADE_UP.code_lines);
    assert_int_equal(layout.code_instructions, PYTHON_MADE_UP.code_instructions);
    assert_int_equal(layout.text_ascii, PYTHON_MADE_UP.text_ascii);
    assert_int_equal(layout.text_other, PYTHON_MADE_UP.text_other);
}

/* Whether the made-up structure is believed with another word at PLACE. */
static bool is_believed_with(unsigned place, uint64_t word)
{
    python_state_offsets(0x030d);
    python_runtime[place / 8] = word;
    return find(0x030d);
}

static void another_kind_of_build_is_refused(void **state)
{
    const struct layout_places *at = layout_places_of(0x030d);
    assert_false(is_believed_with(0, 0));                 /* no cookie */
    assert_false(is_believed_with(8, 0x030e00f0));        /* of another version */
    assert_false(is_believed_with(at->free_threaded, 1)); /* other heads of objects */
    assert_false(is_believed_with(at->object_type, 24));  /* Py_TRACE_REFS */
    assert_false(is_believed_with(at->bytes, 40));        /* as no version has it */
    assert_false(is_believed_with(at->text_length, 24));  /* the same */
    assert_false(is_believed_with(at->text_state, 40));   /* the same */
    assert_true(is_believed_with(8, 0x030d0af0));         /* a later release: 3.13.10 */
}

static void offsets_that_cannot_be_right_are_refused(void **state)
{
    const struct layout_places *at = layout_places_of(0x030d);
    const uint16_t words[] = {at->runtime_finalizing, at->state_thread, at->state_frame,
                              at->frame_previous,     at->frame_code,   at->frame_instruction,
                              at->code_first_line,    at->code_file,    at->code_name,
                              at->code_lines,         at->text_ascii};
    const uint64_t wrong[] = {1, 99, 65536 + 16, UINT64_MAX, UINT64_MAX - 7};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        for (unsigned j = 0; j < sizeof wrong / sizeof *wrong; j++)
            assert_false(is_believed_with(words[i], wrong[j]));
    assert_false(is_believed_with(at->state_frame, 0));
    assert_false(is_believed_with(at->code_instructions, 0));
    assert_false(is_believed_with(at->frame_owner, 0));
    assert_false(is_believed_with(at->code_name, LAYOUT_CODE_SIZE));
    assert_false(is_believed_with(at->runtime_finalizing, sizeof python_runtime));
}

static void a_runtime_that_is_too_short_is_refused(void **state)
{
    const struct layout_places *at = layout_places_of(0x030d);
    uintptr_t begin = (uintptr_t)python_runtime;
    python_state_offsets(0x030d);
    assert_false(layout_find(0x030d, begin, begin + at->size - 8, &layout));
    assert_false(layout_find(0x030d, begin, begin, &layout));
    assert_false(layout_find(0x030d, 0, 4096, &layout)); /* nothing is there */
}

TEST_MAIN(cmocka_unit_test(versions_that_are_not_known_have_none),
          cmocka_unit_test(old_versions_are_known_beforehand),
          cmocka_unit_test(a_new_version_states_its_own),
          cmocka_unit_test(another_kind_of_build_is_refused),
          cmocka_unit_test(offsets_that_cannot_be_right_are_refused),
          cmocka_unit_test(a_runtime_that_is_too_short_is_refused))
