/* tail_call.c -- The functions that leak end in a call, and leave no frame in the stack.
 *
 * The compiler makes a jump of `return malloc(n)` at the end of take_slab, and of the call at the
 * end of keep_page. The code of the caller names keep_page and take_slab for certain; new_page, in
 * the middle of a chain of jumps, leaves no trace.
 *
 * expect: kind=leak site1=take_slab file=tail_call.c growth=9216000±2% blocks=+3000±2%
 * expect: also=keep_page
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#define NO_COPY __attribute__((noinline, noclone, noipa))

static void *volatile slabs[8192], *volatile pages[8192];

static NO_COPY void *take_slab(size_t size)
{
    return malloc(size);
}

static NO_COPY void *new_page(size_t size)
{
    return calloc(1, size);
}

static NO_COPY void *keep_page(size_t size)
{
    return new_page(size / 2);
}

static NO_COPY void serve(int first, int count)
{
    for (int i = first; i < first + count; i++) {
        slabs[i] = take_slab(3072);
        pages[i] = keep_page(1024);
        noise_work(5);
    }
}

int main(void)
{
    noise_begin();
    serve(0, 500);
    heapdiff_snapshot("steady");
    serve(500, 3000);
    heapdiff_snapshot("loaded");
    printf("%d, %lu\n", slabs[3] != pages[3], noise.sum);
    return 0;
}
