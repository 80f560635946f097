/* folding.c -- One row for the sites of one place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/folding.h"

#include <stdlib.h>
#include <string.h>

/* The listed sites of each place are found in the order of their rank. */
static void find_leaders(struct comparison *comparison)
{
    struct map places = {0};
    for (size_t i = 0; i < comparison->listed_count; i++) {
        struct site *site = comparison->ranked[i];
        struct text key = {0};
        bool is_new;
        if (!format_kind_is_block(site->kind))
            continue;
        site_place(site, &key);
        size_t *slot = map_add(&places, key.bytes, key.length, &is_new);
        text_done(&key);
        if (is_new)
            *slot = i;
        else
            site->leader = comparison->ranked[*slot];
    }
    map_done(&places);
}

void folding_make(struct comparison *comparison)
{
    size_t count = comparison->listed_count, kept = 0, folded = 0;
    struct site **inside = memory_zeroed(count, sizeof(struct site *));
    find_leaders(comparison);
    for (size_t i = 0; i < count; i++) {
        if (comparison->ranked[i]->leader)
            inside[folded++] = comparison->ranked[i];
        else
            comparison->ranked[kept++] = comparison->ranked[i];
    }
    memcpy(comparison->ranked + kept, inside, folded * sizeof *inside);
    comparison->listed_count = kept;
    comparison->folded_count = folded;
    free(inside);
}

const struct site *folding_next(const struct comparison *comparison, const struct site *leader,
                                const struct site *after)
{
    struct site *const *inside = comparison->ranked + comparison->listed_count;
    for (size_t i = 0; i < comparison->folded_count; i++) {
        const struct site *site = inside[i];
        if (after == site)
            after = NULL;
        else if (!after && site->leader == leader)
            return site;
    }
    return NULL;
}
