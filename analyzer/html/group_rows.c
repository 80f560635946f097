/* group_rows.c -- Labels or threads on a page, and what each stack has of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/group_rows.h"

#include "base/json.h"
#include <inttypes.h>

static bool is_recorded(const struct comparison *comparison, enum listing_by by)
{
    for (size_t i = 0; i<comparison->count; i += comparison->count> 1 ? comparison->count - 1 : 1) {
        const struct store *store = comparison->stores[i];
        if (by == BY_LABELS ? store->labels.count > 0 : store->threads.count > 0)
            return true;
    }
    return false;
}

static enum listing_by group_rows_choose(const struct comparison *comparison, enum listing_by by)
{
    if (by != BY_SITES)
        return by;
    if (is_recorded(comparison, BY_LABELS))
        return BY_LABELS;
    return is_recorded(comparison, BY_THREADS) ? BY_THREADS : BY_SITES;
}

/* Name, sites and all numbers of each group, also of stacks that are not on the page. */
static void write_totals(const struct comparison *comparison, enum listing_by by,
                         struct words *words, struct text *out)
{
    const struct listing_options options = {.by = by,
                                            .what = comparison->count > 1 ? WHAT_GROWTH : WHAT_LIVE,
                                            .sort = SORT_VALUE,
                                            .all = true};
    struct listing *listing = listing_new(comparison, &options);
    for (size_t i = 0; i < listing->rows.count; i++) {
        const struct listing_row *row = &listing->rows.items[i];
        text_format(out, "%s[%" PRId64 ",%zu", i ? "," : "", words_text(words, row->name),
                    row->sites);
        for (int what = WHAT_GROWTH; what <= WHAT_TOTAL; what++)
            text_format(out, ",%" PRId64, row->values[what]);
        text_add(out, "]");
    }
    listing_free(listing);
}

static void write_shares(const struct comparison *comparison, const struct groups *groups,
                         const int64_t *stack_rows, struct words *words, struct text *out)
{
    const char *separator = "";
    for (size_t i = 0; i < groups->shares.count; i++) {
        const struct groups_share *share = &groups->shares.items[i];
        if (stack_rows[share->whole] < 0)
            continue;
        text_format(out, "%s[%" PRId64 ",%" PRId64, separator, stack_rows[share->whole],
                    words_text(words, groups->names.items[share->group]));
        for (int what = WHAT_GROWTH; what <= WHAT_TOTAL; what++)
            text_format(out, ",%" PRId64,
                        listing_value(comparison, &share->member, (enum listing_what)what));
        text_add(out, "]");
        separator = ",";
    }
}

void group_rows_write(const struct comparison *comparison, enum listing_by by,
                      const int64_t *stack_rows, struct words *words, struct text *out)
{
    by = group_rows_choose(comparison, by);
    if (!listing_is_of_groups(by)) {
        text_add(out, "\"groups\":null");
        return;
    }
    struct groups *groups =
        groups_new(comparison, by == BY_LABELS ? GROUPS_LABELS : GROUPS_THREADS);
    const char *hint = groups_hint(groups);
    text_format(out, "\"groups\":{\"by\":\"%s\",\"note\":", listing_by_name(by));
    json_add_string(out, hint ? hint : "", JSON_IN_SCRIPT);
    text_add(out, ",\"totals\":[");
    write_totals(comparison, by, words, out);
    text_add(out, "],\"shares\":{\"fields\":[\"stack\",\"group\",\"growth\",\"live\","
                  "\"survivors\",\"temporary\",\"total\"],\"rows\":[");
    write_shares(comparison, groups, stack_rows, words, out);
    text_add(out, "]}}");
    groups_free(groups);
}
