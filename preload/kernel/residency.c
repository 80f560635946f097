/* residency.c -- How much of a mapping is resident, counted in small steps.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kernel/residency.h"

#include "kernel/pace.h"
#include "kernel/pagemap.h"

/* Entries: two steps of the kernel's, with the lock given back between them. */
#define WINDOW 1024

/* Entries of /proc/self/pagemap, read ahead. */
struct window {
    int pagemap;
    uintptr_t start, end;
    uint64_t entries[WINDOW];
};

/* In pages. */
struct counts {
    uint64_t present, alone, dirty, swapped, doubtful;
};

/* How to read the entries of a mapping's pages. */
struct nature {
    bool is_shared, is_anonymous;
};

/* Begins again at the address; most is where nothing more is wanted. Whether there is anything. */
static bool residency_load(struct window *window, uintptr_t start, uintptr_t most)
{
    size_t want = (most - start + PAGEMAP_PAGE - 1) / PAGEMAP_PAGE;
    size_t got =
        pagemap_read(window->pagemap, start, want < WINDOW ? want : WINDOW, window->entries);
    window->start = start;
    window->end = start + got * PAGEMAP_PAGE;
    pace();
    return got > 0;
}

/* Counts as smaps does. A page of no file in shared memory is a device's; one of a file in
 * anonymous memory is the huge zero page. */
static void count_entry(struct counts *counts, const struct nature *nature, uint64_t entry)
{
    bool is_file = entry & PAGEMAP_FILE, is_alone = entry & PAGEMAP_ALONE;
    if (entry & PAGEMAP_SWAPPED)
        counts->swapped += !(entry & PAGEMAP_GUARD);
    if (!(entry & PAGEMAP_PRESENT) || (nature->is_shared && !is_file) ||
        (nature->is_anonymous && is_file))
        return;
    counts->present++;
    counts->alone += is_alone;
    counts->dirty += is_alone && !is_file;
    counts->doubtful += !is_alone && !is_file;
}

/* Pages of [start, end); the window reads on up to most when it must be filled. */
static void count_pages(struct counts *counts, const struct nature *nature, struct window *window,
                        uintptr_t start, uintptr_t end, uintptr_t most)
{
    for (uintptr_t at = start; at < end; at += PAGEMAP_PAGE) {
        if ((at < window->start || at >= window->end) && !residency_load(window, at, most))
            return;
        count_entry(counts, nature, window->entries[(at - window->start) / PAGEMAP_PAGE]);
    }
}

bool residency_can_find(int pagemap)
{
    struct pagemap_run runs[PAGEMAP_RUNS];
    uintptr_t page = (uintptr_t)&residency_can_find / PAGEMAP_PAGE * PAGEMAP_PAGE, next;
    return pagemap_find(pagemap, page, page + PAGEMAP_PAGE, runs, &next) >= 0;
}

/* The runs give the places and leave the zero page out; the entries give the rest. */
static void find_and_count(struct counts *counts, const struct nature *nature,
                           struct window *window, const struct process_mapping *mapping)
{
    struct pagemap_run runs[PAGEMAP_RUNS];
    for (uintptr_t at = mapping->start, next; at < mapping->end; at = next) {
        int found = pagemap_find(window->pagemap, at, mapping->end, runs, &next);
        if (found < 0 || next <= at)
            return; /* unmapped meanwhile */
        pace();
        for (int i = 0; i < found; i++)
            count_pages(counts, nature, window, runs[i].start, runs[i].end, runs[found - 1].end);
    }
}

uint64_t residency_count(int pagemap, enum residency_way way, struct process_mapping *mapping)
{
    struct counts counts = {0};
    struct window window = {.pagemap = pagemap};
    bool is_special = mapping->kind == MAPPED_SPECIAL;
    struct nature nature = {.is_shared = mapping->permissions[3] == 's',
                            .is_anonymous = mapping->is_anonymous && !is_special};
    if (way == RESIDENCY_FIND)
        find_and_count(&counts, &nature, &window, mapping);
    else if (!is_special) /* the kernel's own clocks are no memory of the process */
        count_pages(&counts, &nature, &window, mapping->start, mapping->end, mapping->end);
    mapping->rss = counts.present * PAGEMAP_PAGE;
    mapping->pss = counts.alone * PAGEMAP_PAGE;
    mapping->dirty = counts.dirty * PAGEMAP_PAGE;
    mapping->swap = counts.swapped * PAGEMAP_PAGE;
    mapping->unknown = (uint8_t)((counts.alone == counts.present ? 0 : PROCESS_NO_PSS) |
                                 (nature.is_shared ? PROCESS_NO_DIRTY | PROCESS_NO_SWAP : 0));
    return way == RESIDENCY_FIND ? 0 : counts.doubtful * PAGEMAP_PAGE;
}

static uint64_t read_and_count(int pagemap, uintptr_t start, uintptr_t end)
{
    struct window window = {.pagemap = pagemap};
    struct counts counts = {0};
    count_pages(&counts, &(struct nature){false, false}, &window, start, end, end);
    return counts.present * PAGEMAP_PAGE;
}

uint64_t residency_of(int pagemap, uintptr_t start, uintptr_t end)
{
    struct pagemap_run runs[PAGEMAP_RUNS];
    uint64_t resident = 0;
    start = start / PAGEMAP_PAGE * PAGEMAP_PAGE;
    end = (end + PAGEMAP_PAGE - 1) / PAGEMAP_PAGE * PAGEMAP_PAGE;
    for (uintptr_t at = start, next; at < end; at = next) {
        int found = pagemap_find(pagemap, at, end, runs, &next);
        if (found < 0)
            return resident + read_and_count(pagemap, at, end);
        if (next <= at)
            break;
        pace();
        for (int i = 0; i < found; i++)
            resident += runs[i].is_present ? runs[i].end - runs[i].start : 0;
    }
    return resident;
}
