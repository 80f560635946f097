/* listing_options.c -- The options that show and compare share: what is listed, and how.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/listing_options.h"

#include <string.h>

/* The place of WORD in NAMES; FALLBACK for NULL. Words were checked by options_parse. */
static int find_word(const char *word, const char *const *names, int count, int fallback)
{
    for (int i = 0; word && i < count; i++) {
        if (strcmp(word, names[i]) == 0)
            return i;
    }
    return fallback;
}

/* Honest where the snapshot does not know. */
static bool listing_options_check(const struct listing_words *words, size_t count,
                                  struct error *error)
{
    if (words->view && strcmp(words->view, "growth") == 0 && count == 1)
        return error_set(error, "heapdiff compare A.db B.db", "one snapshot has no growth");
    if (words->view && strcmp(words->view, "survivors") == 0 && count < 3)
        return error_set(error, "add a snapshot taken in between",
                         "--view survivors takes three snapshots or more");
    return true;
}

bool listing_choice_init(struct listing_choice *choice, const struct listing_words *words,
                         size_t count, struct error *error)
{
    static const char *const by[] = {"site", "function", "module", "package",
                                     "kind", "thread",   "label"};
    static const char *const what[] = {"growth", "live", "survivors", "temporary", "total"};
    static const char *const sorts[] = {"score", "value", "growth", "live", "blocks", "name"};
    static const char *const trees[] = {"", "top-down", "bottom-up"};
    char fault[128];
    *choice = (struct listing_choice){.tree = TREE_NONE};
    if (!listing_options_check(words, count, error))
        return false;
    struct listing_options *options = &choice->options;
    options->by = (enum listing_by)find_word(words->by, by, 7, BY_SITES);
    options->what =
        (enum listing_what)find_word(words->view, what, 5, count > 1 ? WHAT_GROWTH : WHAT_LIVE);
    bool is_ranking = options->what == WHAT_GROWTH && options->by == BY_SITES;
    options->sort =
        (enum listing_sort)find_word(words->sort, sorts, 6, is_ranking ? SORT_SCORE : SORT_VALUE);
    choice->tree = (enum report_tree)find_word(words->tree, trees, 3, TREE_NONE);
    if (!words->filter)
        return true;
    int status = regcomp(&choice->filter, words->filter, REG_EXTENDED | REG_NOSUB);
    if (status != 0) {
        regerror(status, &choice->filter, fault, sizeof fault);
        return error_set(error, NULL, "'%s' is not a regular expression: %s", words->filter, fault);
    }
    options->filter = &choice->filter;
    return true;
}

void listing_choice_done(struct listing_choice *choice)
{
    if (choice->options.filter)
        regfree(&choice->filter);
}
