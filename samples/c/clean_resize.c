/* clean_resize.c -- A buffer grows for a large file and shrinks again, over and over.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { SMALL = 64 * 1024, LARGE = 24 << 20 };

static char *buffer;
static size_t capacity;

static void resize(size_t size)
{
    buffer = realloc(buffer, size);
    if (size > capacity)
        memset(buffer + capacity, 'b', size - capacity);
    capacity = size;
}

static void read_file(size_t size)
{
    while (capacity < size)
        resize(capacity * 2 < size ? capacity * 2 : size);
    resize(SMALL);
    noise_work(2000);
}

int main(void)
{
    noise_begin();
    resize(SMALL);
    read_file(LARGE);
    heapdiff_snapshot("steady");
    for (unsigned i = 0; i < 12; i++)
        read_file(LARGE - i * 100000);
    heapdiff_snapshot("loaded");
    printf("%c %zu, %lu\n", buffer[5], capacity, noise.sum);
    return 0;
}
