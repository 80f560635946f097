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

static const struct command *find_nearest(const char *name)
{
    const struct command *nearest = NULL;
    size_t best = 3; /* further apart than two letters is no slip of the finger */
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
    const struct command *nearest = find_nearest(name);
    if (nearest)
        snprintf(hint, sizeof hint, "did you mean %s?", nearest->name);
    else
        snprintf(hint, sizeof hint, "heapdiff help lists the commands");
    error_set(error, hint, "there is no command '%s'", name);
    return NULL;
}
