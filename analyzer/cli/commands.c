/* commands.c -- The table of commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

const struct command *const commands[] = {&command_run,  &command_snapshot,   &command_list,
                                          &command_show, &command_compare,    &command_report,
                                          &command_view, &command_export,     &command_symbolize,
                                          &command_info, &command_completion, NULL};

/* What other tools call it. */
static const struct alias {
    const char *name;
    const struct command *command;
} aliases[] = {{"record", &command_run},      {"trace", &command_run},
               {"attach", &command_snapshot}, {"dump", &command_snapshot},
               {"diff", &command_compare},    {"stats", &command_show},
               {"convert", &command_export},  {"serve", &command_view}};

static const struct command *find_alias(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].command;
    return NULL;
}

static const struct command *find_nearest(const char *name)
{
    const struct command *nearest = NULL;
    size_t best = 3; /* a typing error differs by two letters at most */
    for (size_t i = 0; commands[i] && strlen(name) < 64; i++) {
        size_t distance = text_distance(name, commands[i]->name);
        if (distance < best) {
            best = distance;
            nearest = commands[i];
        }
    }
    return nearest;
}

const struct command *commands_find(const char *name, struct error *error)
{
    char hint[96];
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    const struct command *nearest = find_alias(name);
    nearest = nearest ? nearest : find_nearest(name);
    if (nearest)
        snprintf(hint, sizeof hint, "did you mean %s?", nearest->name);
    else
        snprintf(hint, sizeof hint, "heapdiff help lists the commands");
    error_set(error, hint, "there is no command '%s'", name);
    return NULL;
}
