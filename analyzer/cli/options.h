/* options.h -- Options as a table, parsed into the fields of a struct.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CLI_OPTIONS_H
#define ANALYZER_CLI_OPTIONS_H

#include "base/error.h"

#include <stddef.h>

enum option_type {
    OPTION_FLAG,    /* bool */
    OPTION_TEXT,    /* const char *, borrowed from argv */
    OPTION_SIZE,    /* int64_t, bytes: 1MiB, 500k */
    OPTION_COUNT,   /* int64_t, not negative */
    OPTION_SECONDS, /* double, not negative */
};

struct option_spec {
    const char *name; /* without the dashes; NULL ends the table */
    char letter;      /* 0: none */
    enum option_type type;
    const char *argument; /* its name in the help; NULL for a flag. "a|b" allows only a and b */
    const char *help;     /* a sentence, with the default in it */
    size_t offset;        /* of the field */
};

struct command;

/* Parses ARGV, whose first word is the command's name, into TARGET; options are moved before the
 * other words. Returns the index of the first word that is no option; -1 on failure with ERROR
 * filled.
 * --help prints the help and gives -1 with an empty message and code EXIT_DONE. For a command that
 * takes a program (CMD), the first word that is no option ends them. */
int options_parse(const struct command *command, int argc, char **argv, void *target,
                  struct error *error);

#endif
