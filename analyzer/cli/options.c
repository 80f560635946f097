/* options.c -- Options as a table, parsed by getopt_long into the fields of a struct.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/options.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/command.h"
#include "cli/help.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_ONLY 256 /* getopt's value for option number n without a letter is LONG_ONLY + n */
#define HELP      255

struct parser {
    const struct command *command;
    struct option *words; /* for getopt_long */
    struct text letters;
    void *target;
    struct error *error;
};

static size_t count_options(const struct command *command)
{
    size_t count = 0;
    while (command->options[count].name)
        count++;
    return count;
}

static void parser_init(struct parser *parser)
{
    size_t count = count_options(parser->command);
    parser->words = memory_zeroed(count + 2, sizeof *parser->words);
    /* '+': stop at the program's name; ':' tells a missing argument from an unknown option */
    text_add(&parser->letters, strstr(parser->command->arguments, "CMD") ? "+:h" : ":h");
    for (size_t i = 0; i < count; i++) {
        const struct option_spec *spec = &parser->command->options[i];
        parser->words[i] =
            (struct option){.name = spec->name,
                            .has_arg = spec->argument ? required_argument : no_argument,
                            .val = LONG_ONLY + (int)i};
        if (spec->letter)
            text_format(&parser->letters, "%c%s", spec->letter, spec->argument ? ":" : "");
    }
    parser->words[count] = (struct option){.name = "help", .val = HELP};
}

static const struct option_spec *find_letter(const struct command *command, int letter)
{
    for (const struct option_spec *spec = command->options; spec->name; spec++) {
        if (spec->letter == letter)
            return spec;
    }
    return NULL;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL) {
        if (strncmp(c, value, length) == 0 && (c[length] == '|' || !c[length]) && length)
            return true;
    }
    return false;
}

static bool parse_number(const char *value, double *number)
{
    char *end;
    *number = strtod(value, &end);
    return *value && !*end && isfinite(*number) && *number >= 0 && *number < 1e15;
}

static bool options_refuse(const struct parser *parser, const struct option_spec *spec,
                           const char *value, const char *wanted)
{
    return error_set(parser->error, NULL, "--%s takes %s, not '%s'", spec->name, wanted, value);
}

static bool store_value(const struct parser *parser, const struct option_spec *spec,
                        const char *value)
{
    void *field = (char *)parser->target + spec->offset;
    double number = 0;
    switch (spec->type) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_TEXT:
        *(const char **)field = value;
        if (strchr(spec->argument, '|') && !is_choice(spec->argument, value))
            return options_refuse(parser, spec, value, spec->argument);
        return true;
    case OPTION_SIZE:
        return units_parse(value, field) ||
               options_refuse(parser, spec, value, "a size (1MiB, 500k)");
    case OPTION_COUNT:
        if (!parse_number(value, &number) || number != floor(number))
            return options_refuse(parser, spec, value, "a whole number");
        *(int64_t *)field = (int64_t)number;
        return true;
    case OPTION_SECONDS:
        if (!parse_number(value, &number))
            return options_refuse(parser, spec, value, "a number of seconds");
        *(double *)field = number;
        return true;
    }
    return false;
}

/* The nearest long option to WORD ("--fromat=x"), or NULL. */
static const char *find_nearest(const struct command *command, const char *word)
{
    char name[64];
    const char *nearest = NULL;
    size_t best = 3;
    word += strspn(word, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    for (const struct option_spec *spec = command->options; spec->name; spec++) {
        size_t distance = text_distance(name, spec->name);
        if (distance < best) {
            best = distance;
            nearest = spec->name;
        }
    }
    return nearest;
}

static bool refuse_unknown(const struct parser *parser, const char *word)
{
    char hint[128];
    const char *nearest = text_starts(word, "--") ? find_nearest(parser->command, word) : NULL;
    if (nearest)
        snprintf(hint, sizeof hint, "did you mean --%s?", nearest);
    else
        snprintf(hint, sizeof hint, "see heapdiff help %s", parser->command->name);
    if (!text_starts(word, "--"))
        return error_set(parser->error, hint, "%s has no option -%c", parser->command->name,
                         optopt);
    return error_set(parser->error, hint, "%s has no option %s", parser->command->name, word);
}

static bool handle(const struct parser *parser, int value, char **argv)
{
    if (value == HELP || value == 'h') {
        help_command(parser->command);
        *parser->error = (struct error){.code = EXIT_DONE};
        return false;
    }
    if (value == ':')
        return error_set(parser->error, NULL, "option %s needs a value", argv[optind - 1]);
    if (value == '?') {
        bool clustered = optopt && optopt < LONG_ONLY; /* -xyz: optind may not have moved */
        return refuse_unknown(parser, clustered ? "-" : argv[optind - 1]);
    }
    const struct option_spec *spec = value >= LONG_ONLY
                                         ? &parser->command->options[value - LONG_ONLY]
                                         : find_letter(parser->command, value);
    return store_value(parser, spec, optarg);
}

int options_parse(const struct command *command, int argc, char **argv, void *target,
                  struct error *error)
{
    struct parser parser = {.command = command, .target = target, .error = error};
    bool good = true;
    int value;
    parser_init(&parser);
    opterr = 0;
    optind = 0; /* 0: start afresh; ARGV[0] is the command's own name, as getopt expects */
    while (good &&
           (value = getopt_long(argc, argv, parser.letters.bytes, parser.words, NULL)) != -1)
        good = handle(&parser, value, argv);
    free(parser.words);
    text_done(&parser.letters);
    return good ? optind : -1;
}
