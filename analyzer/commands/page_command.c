/* page_command.c -- What the commands report and view share: options, and making the page.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands/page_command.h"

#include "compare/programs.h"
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

/* A page that is being made. */
struct made {
    const struct page_options *options;
    struct text *page, *policy; /* policy: may be NULL */
    struct error *obstacle;
};

static void write_one(const struct comparison *comparison, const struct made *made)
{
    for (size_t i = 0; i < comparison->notes.count; i++)
        say_note(comparison->notes.items[i]);
    page_write(comparison, made->options, made->page);
    if (made->policy)
        page_policy(made->policy);
    if (comparison->obstacle) {
        error_set(made->obstacle, "the page says so too", "nothing was compared: %s",
                  comparison->obstacle);
        made->obstacle->code = EXIT_NOT_MEASURABLE;
    }
}

/* As compare: the program that grew most, its processes together. */
static bool write_programs(const struct lives *lives, const struct comparison_options *how,
                           const struct made *made, struct error *error)
{
    struct programs programs = {0};
    bool good = programs_compare(&programs, lives, how, error);
    if (good)
        write_one(programs.main, made);
    programs_done(&programs);
    return good;
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
    const struct made made = {&options, page, policy, obstacle};
    if (options.say && count > 2)
        page_command_say("comparing the snapshots");
    struct lives lives = {0};
    bool good = lives_read(&lives, paths, count, error);
    if (good && lives_are_several(&lives)) {
        good = write_programs(&lives, &how, &made, error);
    } else if (good) {
        struct comparison *comparison = comparison_open_with(paths, count, &how, error);
        good = comparison != NULL;
        if (good)
            write_one(comparison, &made);
        comparison_close(comparison);
    }
    lives_done(&lives);
    rules_free(rules);
    return good;
}
