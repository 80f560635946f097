/* test_node_code.c -- What the companion's module takes from V8, and from which V8 it takes
 * nothing.
 *
 * A V8 in small: the two functions that the module looks for, under V8's names for them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/node/code.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/member.h"
#include "test.h"

/* v8::JitCodeEvent, as v8-callbacks.h of Node 18 to 26 has it. */
struct event {
    int type, code_type;
    const void *code_start;
    size_t code_len;
    const void *script, *user_data, *wasm_source_info;
    const void *words[3];
    const void *isolate;
};

typedef void handler(const struct event *event);

static char heap, other_heap;
static handler *current;
static const void *says_heap;
static struct {
    unsigned added, moved, refused;
    uintptr_t start, to;
    size_t size;
    char name[32];
} seen;

static void send(int type, int code_type, const void *first, const void *second)
{
    const struct event event = {.type = type,
                                .code_type = code_type,
                                .code_start = (void *)0x1000,
                                .code_len = 64,
                                .words = {first, second},
                                .isolate = says_heap};
    current(&event);
}

void *get_current(void) __asm__("_ZN2v87Isolate10GetCurrentEv");
void *get_current(void)
{
    return &heap;
}

void set_handler(void *isolate, int options, handler *wanted) __asm__(
    "_ZN2v87Isolate22SetJitCodeEventHandlerENS_19JitCodeEventOptionsEPFvPKNS_12JitCodeEventEE");
void set_handler(void *isolate, int options, handler *wanted)
{
    assert_ptr_equal(isolate, &heap);
    current = wanted;
    if (options == 1)
        send(0, 1, "Builtin:A and more", (void *)9);
}

void heapdiff_code_added(const void *start, size_t size, const char *name, size_t length)
{
    seen.added++;
    seen.start = (uintptr_t)start;
    seen.size = size;
    memcpy(seen.name, name, length);
    seen.name[length] = '\0';
}

void heapdiff_code_moved(const void *from, const void *to, size_t size)
{
    seen.moved++;
    seen.start = (uintptr_t)from;
    seen.to = (uintptr_t)to;
    seen.size = size;
}

void heapdiff_code_refused(void)
{
    seen.refused++;
}

static void code_of_every_kind_but_bytecode_is_taken(void **state)
{
    (void)state;
    says_heap = &heap;
    void *isolate = code_begin();
    assert_ptr_equal(isolate, &heap);
    assert_int_equal(seen.added, 1);
    assert_string_equal(seen.name, "Builtin:A");
    assert_int_equal(seen.start, 0x1000);
    assert_int_equal(seen.size, 64);
    send(0, 0, "JS:~f", (void *)5);
    for (int type = 2; type < 6; type++)
        send(type, 1, "JS:~f", (void *)5);
    assert_int_equal(seen.added, 1);
    says_heap = &other_heap; /* a Worker's, on a thread of its own */
    send(0, 2, "JS:wasm", (void *)7);
    assert_string_equal(seen.name, "JS:wasm");
    send(1, 1, (void *)0x2000, NULL);
    assert_int_equal(seen.moved, 1);
    assert_int_equal(seen.to, 0x2000);
    code_end(isolate);
    assert_null(current);
    assert_int_equal(seen.refused, 0);
}

/* In a process of its own kind: which layout it is, is found out once. */
static void a_v8_with_another_layout_is_left_alone(void **state)
{
    (void)state;
    says_heap = &other_heap;
    assert_null(code_begin());
    assert_int_equal(seen.added, 0);
    assert_int_equal(seen.refused, 1);
    assert_null(current);
}

int main(int count, char **words)
{
    const struct CMUnitTest as_expected[] = {
        cmocka_unit_test(code_of_every_kind_but_bytecode_is_taken)};
    const struct CMUnitTest other[] = {cmocka_unit_test(a_v8_with_another_layout_is_left_alone)};
    return count > 1 && strcmp(words[1], "other") == 0
               ? cmocka_run_group_tests_name("test_node_code other", other, NULL, NULL)
               : cmocka_run_group_tests_name("test_node_code", as_expected, NULL, NULL);
}
