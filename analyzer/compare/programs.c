/* programs.c -- Snapshots of several processes, compared program by program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compare/programs.h"

#include <inttypes.h>
#include <stdlib.h>

/* The growth of one life's sites; 0 of a single snapshot. */
static bool growth_of_life(const struct life *life, const struct comparison_options *options,
                           int64_t *growth, struct error *error)
{
    struct comparison *comparison = NULL;
    *growth = 0;
    if (life->paths.count < 2)
        return true;
    comparison = comparison_open_with(life->paths.items, life->paths.count, options, error);
    if (!comparison)
        return false;
    *growth = comparison->growth_bytes;
    comparison_close(comparison);
    return true;
}

static bool is_summed(const struct program *program, size_t life)
{
    for (size_t i = 0; i < program->lives.count; i++)
        if (program->lives.items[i] == life && program->moments > 0)
            return true;
    return false;
}

static bool add_process(struct programs *programs, const struct lives *lives, size_t number,
                        const struct comparison *comparison,
                        const struct comparison_options *options, struct error *error)
{
    const struct life *life = &lives->list.items[number];
    const struct program *program = &lives->programs.items[life->program];
    struct comparison_process process = {.pid = life->pid,
                                         .command = life->command,
                                         .lives = program->is_restarted ? program->lives.count : 1,
                                         .rss_growth = store_sum(life->last_rss, -life->first_rss),
                                         .paths = life->paths.items,
                                         .path_count = life->paths.count};
    if (comparison && program->lives.count == 1 && is_summed(program, number))
        process.growth_bytes = comparison->growth_bytes;
    else if (!growth_of_life(life, options, &process.growth_bytes, error))
        return false;
    VEC_ADD(&programs->processes, process);
    return true;
}

static bool has_verdict(const struct comparison *comparison)
{
    return comparison->verdict.kind != VERDICT_NONE &&
           comparison->verdict.kind != VERDICT_NOT_MEASURABLE;
}

static int64_t rss_growth(const struct comparison *comparison)
{
    return parts_total(&comparison->growth);
}

/* Growth that has a verdict comes first, then growth as such. */
static bool says_more(const struct comparison *a, const struct comparison *b)
{
    if (!b || has_verdict(a) != has_verdict(b))
        return !b || has_verdict(a);
    return rss_growth(a) > rss_growth(b);
}

static void note_restart(struct comparison *comparison, const struct lives *lives,
                         const struct program *program)
{
    size_t index = (size_t)(program - lives->programs.items), count = 0;
    for (size_t i = 0; i < lives->list.count; i++)
        count += lives->list.items[i].program == index;
    const char *words = program->lives.count == count ? "their growth is summed"
                        : program->lives.count > 1
                            ? "the growth of those with enough snapshots is summed"
                            : "this is the growth of the one with enough snapshots";
    if (program->is_restarted)
        VEC_ADD(&comparison->notes,
                pool_format(comparison->pool,
                            "the program was restarted: %zu processes, one after the other; %s",
                            count, words));
}

bool programs_compare(struct programs *programs, const struct lives *lives,
                      const struct comparison_options *options, struct error *error)
{
    size_t count = lives->programs.count;
    const struct program *spoken_of = NULL;
    struct comparison **of = memory_zeroed(count, sizeof *of);
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        const struct program *program = &lives->programs.items[i];
        if (program->moments == 0)
            continue;
        of[i] = comparison_of_lives(lives, program, options, error);
        good = of[i] != NULL;
        if (!good)
            break;
        VEC_ADD(&programs->list, of[i]);
        if (says_more(of[i], programs->main)) {
            programs->main = of[i];
            spoken_of = program;
        }
    }
    for (size_t i = 0; i < lives->list.count && good; i++)
        good = add_process(programs, lives, i, of[lives->list.items[i].program], options, error);
    free(of);
    if (!good || !spoken_of)
        return false;
    for (size_t i = 0; i < lives->list.count; i++)
        programs->processes.items[i].is_summed = is_summed(spoken_of, i);
    programs->main->processes = programs->processes.items;
    programs->main->process_count = programs->processes.count;
    note_restart(programs->main, lives, spoken_of);
    return true;
}

void programs_done(struct programs *programs)
{
    for (size_t i = 0; i < programs->list.count; i++)
        comparison_close(programs->list.items[i]);
    VEC_DONE(&programs->list);
    VEC_DONE(&programs->processes);
    *programs = (struct programs){0};
}
