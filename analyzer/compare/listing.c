/* listing.c -- The rows of a list: sites, functions, modules, threads, …, by growth or live bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/listing.h"

#include "base/text.h"
#include "compare/names.h"
#include "frames/frame_name.h"
#include "frames/site_frame.h"

#include <stdlib.h>
#include <string.h>

const char *listing_by_name(enum listing_by by)
{
    static const char *const names[] = {"site", "function", "module", "package",
                                        "kind", "thread",   "label"};
    return names[by];
}

bool listing_passes(const regex_t *filter, const struct site_member *member)
{
    struct frames_walk walk = frames_leaf(member->frames, member->stack);
    const struct frame *frame;
    bool passes = !filter;
    while (!passes && (frame = frames_caller(&walk)) != NULL) {
        struct text name = {0};
        frame_name(frame, NULL, &name);
        passes = regexec(filter, name.bytes, 0, NULL, 0) == 0;
        text_done(&name);
    }
    return passes;
}

/* Of a single snapshot all is counted since the start. */
static struct site_numbers numbers_before(const struct comparison *comparison,
                                          const struct site_member *member)
{
    struct site_numbers none = {0};
    return comparison->count > 1 && comparison->is_one_process ? member->first : none;
}

int64_t listing_value(const struct comparison *comparison, const struct site_member *member,
                      enum listing_what what)
{
    struct site_numbers before = numbers_before(comparison, member);
    const struct site_numbers *last = &member->last;
    int64_t total = store_sum(last->allocated_bytes, -before.allocated_bytes);
    int64_t freed = store_sum(total, -store_sum(last->live_bytes, -before.live_bytes));
    switch (what) {
    case WHAT_GROWTH:
        return store_sum(last->live_bytes, comparison->count > 1 ? -member->first.live_bytes : 0);
    case WHAT_LIVE:
        return last->live_bytes;
    case WHAT_SURVIVORS:
        return member->survivors;
    case WHAT_TEMPORARY:
        return freed > 0 ? freed : 0;
    case WHAT_TOTAL:
        return total > 0 ? total : 0;
    }
    return 0;
}

static int64_t listing_blocks(const struct comparison *comparison, const struct site_member *member,
                              enum listing_what what)
{
    struct site_numbers before = numbers_before(comparison, member);
    const struct site_numbers *last = &member->last;
    int64_t total = store_sum(last->allocations, -before.allocations);
    int64_t freed = store_sum(total, -store_sum(last->live_blocks, -before.live_blocks));
    switch (what) {
    case WHAT_GROWTH:
        return store_sum(last->live_blocks, comparison->count > 1 ? -member->first.live_blocks : 0);
    case WHAT_LIVE:
        return last->live_blocks;
    case WHAT_SURVIVORS:
        return 0;
    case WHAT_TEMPORARY:
        return freed > 0 ? freed : 0;
    case WHAT_TOTAL:
        return total > 0 ? total : 0;
    }
    return 0;
}

static const char *name_of(struct listing *listing, const struct comparison *comparison,
                           const struct site *site)
{
    const struct frame *frame = &site->frame;
    struct frame whole = *frame;
    struct text name = {0};
    switch (listing->options.by) {
    case BY_KINDS:
        return names_kind(site);
    case BY_MODULES:
        if (frame->module)
            return pool_text(listing->pool, text_base_name(frame->module));
        return frame->is_jit ? "(managed code)" : "(no module)";
    case BY_FUNCTIONS:
        whole.line = 0;
        break;
    case BY_SITES:
    case BY_PACKAGES:
    case BY_THREADS:
    case BY_LABELS:
        return frame->function; /* printed with all that belongs to it */
    }
    frame_name(&whole, comparison->stores[0]->facts.directory, &name);
    const char *kept = pool_text(listing->pool, name.bytes);
    text_done(&name);
    return kept;
}

/* The row of a site, made when it is the first of its name. ROWS: by site, index + 1. */
static size_t find_row(struct listing *listing, struct map *names,
                       const struct comparison *comparison, const struct site *site)
{
    struct listing_row row = {.kind = site->kind};
    bool is_new = true;
    size_t *slot = NULL;
    row.name = name_of(listing, comparison, site);
    if (listing->options.by == BY_SITES)
        row.site = site;
    else
        slot = map_add(names, row.name, strlen(row.name), &is_new);
    if (!is_new)
        return *slot;
    VEC_ADD(&listing->rows, row);
    if (slot)
        *slot = listing->rows.count - 1;
    return listing->rows.count - 1;
}

static void add_member(struct listing *listing, struct listing_row *row,
                       const struct comparison *comparison, const struct site_member *member)
{
    for (int what = WHAT_GROWTH; what <= WHAT_TOTAL; what++) {
        int64_t value = listing_value(comparison, member, (enum listing_what)what);
        int64_t blocks = listing_blocks(comparison, member, (enum listing_what)what);
        row->values[what] = store_sum(row->values[what], value);
        row->blocks[what] = store_sum(row->blocks[what], blocks);
    }
}

/* Lists of growth by site leave out sites that do not grow. All lists leave out rows of 0. */
static bool is_shown(const struct listing *listing, const struct listing_row *row)
{
    const struct listing_options *options = &listing->options;
    if (options->what == WHAT_GROWTH && row->site)
        return (row->site->rank.is_growing && !row->site->rank.is_small && !row->site->leader) ||
               options->all;
    return row->values[options->what] != 0 || options->all;
}

static void drop_hidden(struct listing *listing)
{
    size_t kept = 0;
    for (size_t i = 0; i < listing->rows.count; i++) {
        if (is_shown(listing, &listing->rows.items[i]))
            listing->rows.items[kept++] = listing->rows.items[i];
    }
    listing->rows.count = kept;
}

static int by_number(int64_t a, int64_t b)
{
    return a > b ? -1 : a < b;
}

static int by_sort(const void *a, const void *b, void *context)
{
    const struct listing_row *x = a, *y = b;
    const struct listing_options *options = context;
    int order = 0;
    if (options->sort == SORT_SCORE && x->site && y->site &&
        x->site->rank.is_growing != y->site->rank.is_growing)
        return x->site->rank.is_growing ? -1 : 1;
    if (options->sort == SORT_SCORE && x->site && y->site && x->site->score != y->site->score)
        return x->site->score > y->site->score ? -1 : 1;
    if (options->sort == SORT_GROWTH)
        order = by_number(x->values[WHAT_GROWTH], y->values[WHAT_GROWTH]);
    else if (options->sort == SORT_LIVE)
        order = by_number(x->values[WHAT_LIVE], y->values[WHAT_LIVE]);
    else if (options->sort == SORT_BLOCKS)
        order = by_number(x->blocks[options->what], y->blocks[options->what]);
    else if (options->sort != SORT_NAME)
        order = by_number(x->values[options->what], y->values[options->what]);
    if (order == 0)
        order = strcmp(x->name, y->name);
    return order ? order : by_number(x->values[WHAT_LIVE], y->values[WHAT_LIVE]);
}

static void add_sites(struct listing *listing, const struct comparison *comparison)
{
    const struct site_table *table = &comparison->table;
    size_t *rows = memory_zeroed(table->sites.count, sizeof *rows); /* by site: index + 1 */
    struct map names = {0};
    for (size_t i = 0; i < table->members.count; i++) {
        const struct site_member *member = &table->members.items[i];
        if (!listing_passes(listing->options.filter, member))
            continue;
        if (!rows[member->site]) {
            const struct site *site = &table->sites.items[member->site];
            rows[member->site] = find_row(listing, &names, comparison, site) + 1;
            listing->rows.items[rows[member->site] - 1].sites++; /* NOLINT: find_row left rows */
        }
        add_member(listing, &listing->rows.items[rows[member->site] - 1], comparison, member);
    }
    map_done(&names);
    free(rows);
}

/* The package that the program called on the way to the blocks; else whose code the site is. */
static const char *package_of(const struct comparison *comparison, const struct site_member *member)
{
    static const char *const others[] = {"(program)", "(other dependencies)", "(runtime)"};
    const struct site *site = &comparison->table.sites.items[member->site];
    const struct frame *way = site_frame_way(member->frames, member->stack, &site->frame);
    if (way)
        return way->package;
    return site->frame.package ? site->frame.package : others[site->frame.owner];
}

/* A row a package. Stacks of one site may go through several. */
static void add_packages(struct listing *listing, const struct comparison *comparison)
{
    const struct site_table *table = &comparison->table;
    struct map names = {0}, sites = {0}; /* of each row */
    for (size_t i = 0; i < table->members.count; i++) {
        const struct site_member *member = &table->members.items[i];
        bool is_new;
        if (!listing_passes(listing->options.filter, member))
            continue;
        const char *name = package_of(comparison, member);
        size_t *slot = map_add(&names, name, strlen(name), &is_new);
        if (is_new) {
            const struct listing_row row = {.name = pool_text(listing->pool, name)};
            *slot = listing->rows.count;
            VEC_ADD(&listing->rows, row);
        }
        struct listing_row *row = &listing->rows.items[*slot];
        const size_t key[2] = {*slot, member->site};
        map_add(&sites, key, sizeof key, &is_new);
        row->sites += is_new; /* NOLINT: the slot has a row */
        add_member(listing, row, comparison, member);
    }
    map_done(&names);
    map_done(&sites);
}

/* A row a group, in the order of their numbers. */
static void add_groups(struct listing *listing, const struct comparison *comparison)
{
    struct groups *groups =
        groups_new(comparison, listing->options.by == BY_LABELS ? GROUPS_LABELS : GROUPS_THREADS);
    struct map sites = {0}; /* of each row */
    for (size_t i = 0; i < groups->names.count; i++) {
        const struct listing_row row = {.name = pool_text(listing->pool, groups->names.items[i])};
        VEC_ADD(&listing->rows, row);
    }
    for (size_t i = 0; i < groups->shares.count; i++) {
        const struct groups_share *share = &groups->shares.items[i];
        struct listing_row *row = &listing->rows.items[share->group];
        const size_t key[2] = {share->group, share->member.site};
        bool is_new;
        if (!listing_passes(listing->options.filter, &share->member))
            continue;
        map_add(&sites, key, sizeof key, &is_new);
        row->sites += is_new; /* NOLINT: a group of a share has a name, so a row */
        add_member(listing, row, comparison, &share->member);
    }
    listing->hint = groups_hint(groups);
    map_done(&sites);
    groups_free(groups);
}

struct listing *listing_new(const struct comparison *comparison,
                            const struct listing_options *options)
{
    struct listing *listing = memory_zeroed(1, sizeof *listing);
    *listing = (struct listing){.options = *options, .pool = pool_new()};
    if (listing_is_of_groups(options->by))
        add_groups(listing, comparison);
    else if (options->by == BY_PACKAGES)
        add_packages(listing, comparison);
    else
        add_sites(listing, comparison);
    for (size_t i = 0; i < listing->rows.count; i++)
        listing->total = store_sum(listing->total, listing->rows.items[i].values[options->what]);
    drop_hidden(listing);
    if (listing->rows.count > 0)
        qsort_r(listing->rows.items, listing->rows.count, sizeof *listing->rows.items, by_sort,
                &listing->options);
    return listing;
}

void listing_free(struct listing *listing)
{
    if (!listing)
        return;
    VEC_DONE(&listing->rows);
    pool_free(listing->pool);
    free(listing);
}
