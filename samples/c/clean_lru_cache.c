/* clean_lru_cache.c -- A cache of 8 MiB that drops its oldest pages; all of it turns over.
 *
 * The budget is in bytes, so the number of pages and the live bytes vary a little.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { BUDGET = 8 << 20 };

struct page {
    struct page *newer;
    size_t size;
    char bytes[];
};

static struct page *oldest, *newest;
static size_t used;

static void drop_oldest(void)
{
    struct page *page = oldest;

    oldest = page->newer;
    used -= page->size;
    free(page);
}

static void add_page(unsigned number)
{
    size_t size = sizeof(struct page) + 500 + noise_random(12000);
    struct page *page = malloc(size);

    while (used + size > BUDGET)
        drop_oldest();
    memset(page->bytes, (int)(number & 127), size - sizeof *page);
    page->size = size;
    page->newer = NULL;
    *(oldest ? &newest->newer : &oldest) = page;
    newest = page;
    used += size;
}

static void serve(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        add_page(number);
        noise_message(number);
    }
}

int main(void)
{
    noise_begin();
    serve(5000);
    heapdiff_snapshot("steady");
    serve(40000);
    heapdiff_snapshot("loaded");
    printf("%zu of %d bytes, %lu\n", used, BUDGET, noise.sum);
    return 0;
}
