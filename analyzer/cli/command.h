/* command.h -- A command, and the table of all commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CLI_COMMAND_H
#define ANALYZER_CLI_COMMAND_H

#include "base/error.h"
#include "cli/options.h"

struct command {
    const char *name;
    const char *arguments;             /* "[options] A.db B.db …" */
    const char *summary;               /* one line */
    const char *details;               /* a paragraph or two for its help */
    const struct option_spec *options; /* ends with a row without a name */
    /* Gets the words after the command's name. Returns the exit code; on failure ERROR's, with
     * ERROR filled. */
    int (*run)(int argc, char **argv, struct error *error);
};

extern const struct command command_completion, command_run, command_snapshot, command_list,
    command_show, command_compare, command_report, command_view, command_export, command_symbolize,
    command_info;

/* All commands, in the order of the help; ends with NULL. */
extern const struct command *const commands[];

/* NULL with ERROR filled, and the nearest name as the hint, when there is none called NAME. */
const struct command *commands_find(const char *name, struct error *error);

#endif
