/* plateau.c -- Grows while it warms up, then only works: a bounded cache. Nothing to report.
 *
 * expect: kind=none absent=fetch_page
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapdiff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_SLOTS = 4096, PAGE_SIZE = 4000, PAGES = 20000 };

static char *cache[CACHE_SLOTS];

/* Replaces whatever the slot holds, so no more than CACHE_SLOTS pages are ever alive. */
static char *fetch_page(unsigned number)
{
    char **slot = &cache[number % CACHE_SLOTS];

    free(*slot);
    *slot = malloc(PAGE_SIZE);
    return memset(*slot, (int)(number % 128), PAGE_SIZE);
}

static unsigned long read_pages(unsigned first, unsigned count)
{
    unsigned long sum = 0;

    for (unsigned number = first; number < first + count; number++)
        sum += (unsigned char)fetch_page(number)[number % PAGE_SIZE];
    return sum;
}

int main(void)
{
    unsigned long sum = read_pages(0, PAGES);

    heapdiff_snapshot("steady");
    sum += read_pages(PAGES, 10 * PAGES);
    heapdiff_snapshot("loaded");

    printf("sum %lu\n", sum);
    return 0;
}
