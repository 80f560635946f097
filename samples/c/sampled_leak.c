/* sampled_leak.c -- A leak measured by sampling: numbers are estimates, the site is the same.
 *
 * 20,000 blocks of 1,500 bytes at a mean of 16 KiB: about 1,800 are seen, so one standard deviation
 * is 2.4 %; the tolerance below is five of them.
 *
 * set: HEAPDIFF_SAMPLE=16384
 * expect: kind=leak site1=keep_page file=sampled_leak.c growth=30000000±12% blocks=+20000±12%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { PAGE_SIZE = 1500 };

struct page {
    struct page *next;
    char text[PAGE_SIZE - sizeof(struct page *)];
};

static struct page *pages;

static void keep_page(unsigned number)
{
    struct page *page = malloc(sizeof *page);

    memset(page->text, (int)(number & 127), sizeof page->text);
    page->next = pages;
    pages = page;
}

static void serve(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        keep_page(number);
        noise_work(5);
    }
}

int main(void)
{
    noise_begin();
    serve(2000);
    heapdiff_snapshot("steady");
    serve(20000);
    heapdiff_snapshot("loaded");
    printf("%d, %lu\n", pages->text[3], noise.sum);
    return 0;
}
