/* mremap_journal.c -- A journal in one anonymous mapping that mremap makes longer, never shorter.
 *
 * expect: kind=mapping site1=extend_journal file=mremap_journal.c growth=12582912±2% blocks=+0
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

#include <sys/mman.h>

enum { STEP = 256 * 1024, LINE_SIZE = 64 };

static char *journal;
static size_t length, capacity;

static void extend_journal(void)
{
    if (!journal)
        journal = mmap(NULL, STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    else
        journal = mremap(journal, capacity, capacity + STEP, MREMAP_MAYMOVE);
    if (journal == MAP_FAILED)
        abort();
    capacity += STEP;
}

static void append_line(unsigned number)
{
    if (length + LINE_SIZE > capacity)
        extend_journal();
    length += (size_t)snprintf(journal + length, LINE_SIZE, "%-*u\n", LINE_SIZE - 2, number);
    journal[length++] = '\n';
}

static void serve(unsigned lines)
{
    for (unsigned number = 0; number < lines; number++) {
        append_line(number);
        if (number % 16 == 0)
            noise_message(number);
    }
}

int main(void)
{
    noise_begin();
    serve(2 * STEP / LINE_SIZE);
    heapdiff_snapshot("steady");
    serve(48 * STEP / LINE_SIZE);
    heapdiff_snapshot("loaded");
    printf("%zu bytes of journal, %lu\n", length, noise.sum);
    return 0;
}
