/* test_demangle.c -- Names of native functions as people write them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/memory.h"
#include "symbols/demangle.h"
#include "test.h"

#include <string.h>

static void expect(const char *name, const char *words)
{
    struct pool *pool = pool_new();
    assert_string_equal(demangle_name(name, pool), words);
    pool_free(pool);
}

static void names_have_no_parameters(void **state)
{
    expect("_ZN3foo3barEi", "foo::bar");
    expect("_ZN12_GLOBAL__N_11fEv", "(anonymous namespace)::f");
    expect("_RNvCs1234_7mycrate3foo", "mycrate::foo");
    expect("plain", "plain");
    expect("_start", "_start");
}

static void versions_are_left_out(void **state)
{
    expect("malloc@@GLIBC_2.2.5", "malloc");
    expect("_ZNSt3fooEv@GLIBCXX_3.4", "std::foo");
    expect("@VERSION", "@VERSION"); /* no name is left without letters */
}

static void parts_and_copies_are_the_function(void **state)
{
    expect("bn_expand2.part.0", "bn_expand2");
    expect("work.constprop.0.isra.0", "work");
    expect("fail.cold", "fail");
    expect("step.cold.12", "step");
    expect("hidden.lto_priv.0", "hidden");
    expect("_ZN3foo3barEi.part.0.cold", "foo::bar");
    expect("_RNvCs1234_7mycrate3foo.llvm.1234", "mycrate::foo");
}

static void other_dots_stay(void **state)
{
    expect("inner.0", "inner.0");
    expect("main.main", "main.main");
    expect("go.part", "go");
    expect("a.party.1", "a.party.1");
    expect("main.part1", "main.part1");
    expect(".cold", ".cold");
    expect(".part.0", ".part.0");
    expect("..0", "..0");
    expect("", "");
    expect("7", "7");
}

static void a_thunk_is_the_function_that_it_leads_to(void **state)
{
    expect("_ZThn16_N3foo3barEi", "foo::bar");
    expect("_ZTv0_n24_N3foo3barEv", "foo::bar");
    expect("_ZTchn8_h8_N1A1fEv", "A::f");
    expect("_ZThn16_", "_Z");
    expect("_ZTh", "_ZTh");
    expect("_ZTv0_n24", "_ZTv0_n24");
    expect("_ZTV3foo", "vtable for foo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_no_parameters),
        cmocka_unit_test(versions_are_left_out),
        cmocka_unit_test(parts_and_copies_are_the_function),
        cmocka_unit_test(other_dots_stay),
        cmocka_unit_test(a_thunk_is_the_function_that_it_leads_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
