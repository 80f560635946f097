/* gate.c -- HOT PATH: malloc, calloc and free, as far as the gate.
 *
 * With sampled recording, and in programs that are not recorded, malloc and free only check one
 * number here: the real function is jumped to, not called. This file is compiled with sibling
 * calls, unlike the other hooks: the function behind the gate finds its own frame directly below
 * the program's.
 *
 * Until the choice of what to record is made the gate lets everything pass: record_left begins at
 * 0, filter_off at true.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"
#include "record/record.h"
#include "tables/filter.h"

void *malloc(size_t size)
{
    if (__builtin_expect(record_gate(size), 1))
        return hooks_malloc(size);
    return real.malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (__builtin_expect(record_gate(count * size), 1))
        return hooks_calloc(count, size);
    return real.calloc(count, size);
}

void free(void *block)
{
    if (__builtin_expect(filter_lets_pass(block), 1))
        hooks_free(block);
    else
        real.free(block);
}
