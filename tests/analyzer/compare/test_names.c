/* test_names.c -- A managed heap has one name in all outputs for people: that of its language.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/names.h"
#include "fixture.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define MIB (1LL << 20)

/* A heap of MIB that code of MODULE, or the function of JIT code, has mapped. */
static const char *make(const char *name, int number, int mib, const char *module, const char *jit)
{
    char sql[2048];
    snprintf(sql, sizeof sql,
             "INSERT INTO module VALUES (1, '%s', NULL, 0, 9, 0, 0);"
             "INSERT INTO location VALUES (1, 600, %s, 600, %s);"
             "INSERT INTO node VALUES (1, NULL, 1);"
             "INSERT INTO stack VALUES (1, 1, 'mmap', 1, %d << 20, 0, 1, %d << 20, 1, 0);"
             "INSERT INTO region VALUES (1, 2, 'mmap', 1, %d << 20);"
             "INSERT INTO rss VALUES ('mmap', %d << 20);",
             module, *jit ? "NULL" : "1", *jit ? jit : "NULL", mib, mib, mib, mib);
    return fixture_snapshot(name, number, (20 + mib) * MIB, sql);
}

static void expect(const char *module, const char *jit, const char *heap)
{
    const char *a = make("a.db", 1, 30, module, jit), *b = make("b.db", 2, 90, module, jit);
    static const char *const formats[] = {"text", "markdown"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct fixture_result *result =
            fixture_run("heapdiff compare %s %s --all --format %s", a, b, formats[i]);
        if (!strstr(result->out, heap) || !strstr(result->out, "managed heap"))
            fail_msg("%s: %s", heap, result->out);
        assert_null(strstr(result->out, "js heap"));
        assert_null(strstr(result->out, "gc heap"));
        assert_null(strstr(result->out, "mmap"));
    }
    const struct fixture_result *result = fixture_run("heapdiff report %s %s", a, b);
    char words[64];
    snprintf(words, sizeof words, "\"off-heap buffers\",\"%s\"", heap);
    assert_non_null(strstr(result->out, words));
    result = fixture_run("heapdiff compare %s %s --format json", a, b);
    assert_non_null(strstr(result->out, "\"js heap\"")); /* a name that scripts know */
}

static void a_heap_is_called_by_its_language(void **state)
{
    expect("/srv/node", "'v8::internal::MemoryAllocator::AllocatePage'", "JavaScript heap");
    expect("/usr/lib/jvm/lib/server/libjvm.so", "", "Java heap");
    expect("/usr/bin/python3.11", "", "Python heap");
}

TEST_MAIN(cmocka_unit_test(a_heap_is_called_by_its_language))
