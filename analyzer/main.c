/* main.c -- Finds the command, runs it, prints the error, chooses the exit code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"
#include "cli/command.h"
#include "cli/help.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || (c && strcmp(word, c) == 0);
}

static int main_help(const char *name, struct error *error)
{
    if (!name) {
        help_all();
        return EXIT_DONE;
    }
    const struct command *command = commands_find(name, error);
    if (!command)
        return error->code;
    help_command(command);
    return EXIT_DONE;
}

static int dispatch(int argc, char **argv, struct error *error)
{
    if (argc < 2) {
        error_set(error, "heapdiff help lists the commands", "heapdiff takes a command");
        return error->code;
    }
    if (is_one_of(argv[1], "help", "--help", "-h"))
        return main_help(argc > 2 ? argv[2] : NULL, error);
    if (is_one_of(argv[1], "version", "--version", "-V")) {
        puts("heapdiff " HEAPDIFF_VERSION);
        return EXIT_DONE;
    }
    const struct command *command = commands_find(argv[1], error);
    /* A limit of file sizes is to be an error, not a signal; a program that we become keeps its
     * own. */
    if (command && strcmp(command->name, "run") != 0)
        signal(SIGXFSZ, SIG_IGN);
    return command ? command->run(argc - 1, argv + 1, error) : error->code;
}

/* One line, whatever names the message quotes. */
static void print_error(const struct error *error)
{
    struct text line = {0};
    text_add(&line, "heapdiff: ");
    text_add_clean(&line, error->message, true);
    if (*error->hint) {
        text_add(&line, "; ");
        text_add_clean(&line, error->hint, true);
    }
    fprintf(stderr, "%s\n", line.bytes);
    text_done(&line);
}

int main(int argc, char **argv)
{
    struct error error = {0};
    int code = dispatch(argc, argv, &error);
    if (*error.message)
        print_error(&error);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "heapdiff: cannot write the output: %s\n", strerror(errno));
        return EXIT_UNUSABLE;
    }
    return code;
}
