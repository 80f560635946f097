/* file_mappings.c -- Index segments mapped from a file, read, and never unmapped.
 *
 * The file is made in the working directory and removed at once.
 *
 * expect: kind=mapping site1=open_segment file=file_mappings.c growth=15728640±2% blocks=+30±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

#include <sys/mman.h>
#include <unistd.h>

enum { SEGMENT_SIZE = 512 * 1024 };

static int make_index(void)
{
    char name[] = "segments.XXXXXX";
    char page[4096];
    int file = mkstemp(name);

    unlink(name);
    memset(page, 'i', sizeof page);
    for (size_t written = 0; written < SEGMENT_SIZE; written += sizeof page) {
        if (write(file, page, sizeof page) != (ssize_t)sizeof page)
            abort();
    }
    return file;
}

static const char *open_segment(int file)
{
    const char *segment = mmap(NULL, SEGMENT_SIZE, PROT_READ, MAP_PRIVATE, file, 0);

    if (segment == MAP_FAILED)
        abort();
    return segment;
}

static unsigned long search_segments(int file, unsigned count)
{
    unsigned long sum = 0;

    for (unsigned number = 0; number < count; number++) {
        const char *segment = open_segment(file);
        for (size_t i = 0; i < SEGMENT_SIZE; i += 64)
            sum += (unsigned char)segment[i];
        noise_work(200);
    }
    return sum;
}

int main(void)
{
    int file = make_index();
    unsigned long sum;

    noise_begin();
    sum = search_segments(file, 4);
    heapdiff_snapshot("steady");
    sum += search_segments(file, 30);
    heapdiff_snapshot("loaded");
    printf("sum %lu, %lu\n", sum, noise.sum);
    return 0;
}
