/* page_command.c -- What the commands report and view share: options, and making the page.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/page_command.h"

#include "html/page.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Progress for a user at a terminal. */
static void page_command_say(const char *what)
{
    fprintf(stderr, "heapdiff: %s\n", what);
}

static enum listing_by parse_by(const char *word)
{
    if (!word)
        return BY_SITES;
    return strcmp(word, "thread") == 0 ? BY_THREADS : BY_LABELS;
}

static void say_note(const char *note)
{
    struct text clean = {0};
    text_add_clean(&clean, note, true);
    fprintf(stderr, "heapdiff: note: %s\n", clean.bytes);
    text_done(&clean);
}

bool page_command_make(const char *const *paths, size_t count, const struct page_words *words,
                       struct text *page, struct text *policy, struct error *obstacle,
                       struct error *error)
{
    struct rules *rules = NULL;
    if (!symbol_options_check(&words->sources, error) || !(rules = rules_new(words->rules, error)))
        return false;
    struct comparison_options how = {.rules = rules,
                                     .sources = &words->sources,
                                     .operations = words->operations,
                                     .is_forced = words->is_forced};
    struct page_options options = {.version = HEAPDIFF_VERSION,
                                   .most_sites = (size_t)words->top,
                                   .by = parse_by(words->by),
                                   .has_sources = !words->no_source,
                                   .say = isatty(STDERR_FILENO) ? page_command_say : NULL};
    if (options.say && count > 2)
        page_command_say("comparing the snapshots");
    struct comparison *comparison = comparison_open_with(paths, count, &how, error);
    for (size_t i = 0; comparison && i < comparison->notes.count; i++)
        say_note(comparison->notes.items[i]);
    if (comparison)
        page_write(comparison, &options, page);
    if (comparison && policy)
        page_policy(policy);
    if (comparison && comparison->obstacle) {
        error_set(obstacle, "the page says so too", "nothing was compared: %s",
                  comparison->obstacle);
        obstacle->code = EXIT_NOT_MEASURABLE;
    }
    bool good = comparison != NULL;
    comparison_close(comparison);
    rules_free(rules);
    return good;
}
