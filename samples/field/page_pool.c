/* page_pool.c -- A pool that maps its pages itself, and the blocks of an index beside it: both
 * grow.
 *
 * 10 MiB of mappings and 3.2 MB of blocks in four steps: nothing wrong may be said of either. The
 * twin takes pages and entries back.
 *
 * expect: kind=mapping|leak site1=map_page|add_entry file=page_pool.c also=map_page also=add_entry
 * expect: also=render_burst not=render_burst
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

#include <sys/mman.h>

enum { PAGES = 40, PAGE = 65536, ENTRIES = 400, ENTRY = 2000 };

struct page {
    struct page *next;
    char bytes[PAGE - sizeof(struct page *)];
};

struct entry {
    struct entry *next;
    char key[ENTRY - sizeof(struct entry *)];
};

static struct page *used_pages, *idle_pages;
static struct entry *entries;

__attribute__((noinline)) static struct page *map_page(void)
{
    struct page *page =
        mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        abort();
    return page;
}

static void take_page(unsigned number)
{
    struct page *page = idle_pages;

    if (page)
        idle_pages = page->next;
    else
        page = map_page();
    memset(page->bytes, (int)(number & 127), sizeof page->bytes);
    page->next = used_pages;
    used_pages = page;
}

__attribute__((noinline)) static void add_entry(unsigned number)
{
    struct entry *entry = malloc(sizeof *entry);

    memset(entry->key, (int)(number & 127), sizeof entry->key);
    entry->next = entries;
    entries = entry;
}

static void give_back(void)
{
    while (used_pages) {
        struct page *page = used_pages;
        used_pages = page->next;
        page->next = idle_pages;
        idle_pages = page;
    }
    while (entries) {
        struct entry *entry = entries;
        entries = entry->next;
        free(entry);
    }
}

static void serve(unsigned step)
{
    if (twin_is_clean())
        give_back();
    for (unsigned number = 0; number < ENTRIES; number++) {
        add_entry(number + step);
        if (number < PAGES)
            take_page(number);
        noise_work(10);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%d %d, %lu\n", used_pages->bytes[1], entries->key[1], noise.sum);
    return 0;
}
