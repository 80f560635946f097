/* help.c -- Help texts, made from the tables of commands and options.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/help.h"

#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#define NAME_WIDTH   10 /* of the longest command */
#define LEFT_WIDTH   29 /* columns before what an option does */
#define MOST_COLUMNS 100

void help_all(void)
{
    puts("heapdiff finds out why a long-running process grows.\n\nUsage:");
    for (size_t i = 0; commands[i]; i++)
        printf("  heapdiff %-*s %s\n", NAME_WIDTH, commands[i]->name, commands[i]->arguments);
    puts("\nCommands:");
    for (size_t i = 0; commands[i]; i++)
        printf("  %-*s %s\n", NAME_WIDTH, commands[i]->name, commands[i]->summary);
    puts("  help       Explain a command: heapdiff help compare\n"
         "  version    Print the version\n\n"
         "The three steps by hand:\n"
         "  heapdiff run -- ./app &        start it (or LD_PRELOAD=libheapdiff.so ./app)\n"
         "  heapdiff snapshot PID          once in steady state, again after the load\n"
         "  heapdiff compare a.db b.db     see what grew, and who allocated it\n\n"
         "Exit codes: 0 done, 1 a threshold is exceeded, 2 wrong usage or unreadable input,\n"
         "3 not measurable.");
}

/* Puts WORDS behind LEFT_WIDTH columns, broken between words. */
static void print_words(const char *words)
{
    size_t column = 0, room = MOST_COLUMNS - LEFT_WIDTH;
    while (*words) {
        size_t length = strcspn(words, " ");
        if (column > 0 && column + 1 + length > room) {
            printf("\n%*s", LEFT_WIDTH, "");
            column = 0;
        }
        column += (size_t)printf("%s%.*s", column > 0 ? " " : "", (int)length, words);
        words += length + strspn(words + length, " ");
    }
    puts("");
}

static void print_option(const struct option_spec *spec)
{
    char left[128];
    snprintf(left, sizeof left, "%c%c%s --%s%s%s", spec->letter ? '-' : ' ',
             spec->letter ? spec->letter : ' ', spec->letter ? "," : " ", spec->name,
             spec->argument ? " " : "", spec->argument ? spec->argument : "");
    if (strlen(left) > LEFT_WIDTH - 4)
        printf("  %s\n%*s", left, LEFT_WIDTH, "");
    else
        printf("  %-*s", LEFT_WIDTH - 2, left);
    print_words(spec->help);
}

void help_command(const struct command *command)
{
    printf("Usage: heapdiff %s %s\n\n%s\n", command->name, command->arguments, command->details);
    puts("\nOptions:");
    for (const struct option_spec *spec = command->options; spec->name; spec++)
        print_option(spec);
    puts("  -h, --help                 Print this help.");
}
