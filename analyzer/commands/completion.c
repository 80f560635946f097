/* completion.c -- heapdiff completion: scripts by which shells complete our commands.
 *
 * They are made from the tables of commands and options, so they never miss one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static bool is_choice(const struct option_spec *spec)
{
    return spec->argument && strchr(spec->argument, '|');
}

static bool is_file(const struct option_spec *spec)
{
    return spec->argument && (strstr(spec->argument, "FILE") || strstr(spec->argument, "DIR"));
}

static bool takes_pid(const struct command *command)
{
    return strstr(command->arguments, "PID");
}

/* TEXT without the characters that have a meaning for shells. */
static void print_plain(const char *text)
{
    for (; *text; text++)
        if (!strchr("'\"`$\\[]:", *text))
            putchar(*text);
}

static void print_choices(const char *choices)
{
    for (; *choices; choices++)
        putchar(*choices == '|' ? ' ' : *choices);
}

/* ---- bash ---------------------------------------------------------------------------------------
 */

static void print_bash_command(const struct command *command)
{
    printf("    %s)\n      case $previous in\n", command->name);
    for (const struct option_spec *spec = command->options; spec->name; spec++) {
        if (!spec->argument)
            continue;
        printf("        --%s", spec->name);
        if (spec->letter)
            printf("|-%c", spec->letter);
        printf(") COMPREPLY=(");
        if (is_choice(spec)) {
            printf("$(compgen -W '");
            print_choices(spec->argument);
            printf("' -- \"$word\")");
        } else if (is_file(spec)) {
            printf("$(compgen -f -- \"$word\")");
        }
        printf("); return ;;\n");
    }
    printf("      esac\n      options='--help");
    for (const struct option_spec *spec = command->options; spec->name; spec++)
        printf(" --%s", spec->name);
    printf("'%s ;;\n", takes_pid(command) ? "; pids=1" : "");
}

static void print_bash(void)
{
    printf("# bash completion for heapdiff\n_heapdiff() {\n"
           "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "  local options= pids=\n"
           "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W 'help version");
    for (size_t i = 0; commands[i]; i++)
        printf(" %s", commands[i]->name);
    printf("' -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; commands[i]; i++)
        print_bash_command(commands[i]);
    printf("    help) options='");
    for (size_t i = 0; commands[i]; i++)
        printf(" %s", commands[i]->name);
    printf("' ;;\n  esac\n  case $word in\n"
           "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
           "    *)\n      [ -z \"$pids\" ] ||\n"
           "        pids=$(cd /dev/shm && printf '%%s\\n' heapdiff.*.control |\n"
           "          sed -n 's/^heapdiff\\.\\([0-9]*\\)\\.control$/\\1/p')\n"
           "      [ \"${COMP_WORDS[1]}\" = help ] && pids=$options\n"
           "      COMPREPLY=($(compgen -W \"$pids\" -- \"$word\") $(compgen -f -- \"$word\")) ;;\n"
           "  esac\n}\ncomplete -o filenames -F _heapdiff heapdiff\n");
}

/* ---- zsh ----------------------------------------------------------------------------------------
 */

static void print_zsh_option(const struct option_spec *spec)
{
    printf("        '--%s%s[", spec->name, spec->argument ? "=" : "");
    print_plain(spec->help);
    printf("]");
    if (spec->argument)
        printf(":value:");
    if (is_choice(spec)) {
        printf("(");
        print_choices(spec->argument);
        printf(")");
    } else if (is_file(spec)) {
        printf("_files");
    }
    printf("' \\\n");
}

static void print_zsh(void)
{
    printf("#compdef heapdiff\n_heapdiff() {\n  local -a names\n  names=(\n");
    for (size_t i = 0; commands[i]; i++) {
        printf("    '%s:", commands[i]->name);
        print_plain(commands[i]->summary);
        printf("'\n");
    }
    printf("    'help:Explain a command'\n    'version:Print the version'\n  )\n"
           "  if (( CURRENT == 2 )); then\n    _describe command names\n    return\n  fi\n"
           "  local name=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $name in\n");
    for (size_t i = 0; commands[i]; i++) {
        printf("    %s)\n      _arguments \\\n", commands[i]->name);
        for (const struct option_spec *spec = commands[i]->options; spec->name; spec++)
            print_zsh_option(spec);
        printf("        '--help[Print this help.]' \\\n        '*:%s'\n      ;;\n",
               takes_pid(commands[i]) ? "process or file:{ _pids; _files }" : "file:_files");
    }
    printf("    help) _describe command names ;;\n  esac\n}\n"
           "if [ \"$funcstack[1]\" = _heapdiff ]; then\n  _heapdiff \"$@\"\nelse\n"
           "  compdef _heapdiff heapdiff\nfi\n");
}

/* ---- fish ---------------------------------------------------------------------------------------
 */

static void print_fish_command(const struct command *command)
{
    printf("complete -c heapdiff -n __fish_use_subcommand -f -a %s -d '", command->name);
    print_plain(command->summary);
    printf("'\n");
    for (const struct option_spec *spec = command->options; spec->name; spec++) {
        printf("complete -c heapdiff -n '__fish_seen_subcommand_from %s' -l %s", command->name,
               spec->name);
        if (spec->letter)
            printf(" -s %c", spec->letter);
        printf(spec->argument ? is_file(spec) ? " -r" : " -x" : "");
        if (is_choice(spec)) {
            printf(" -a '");
            print_choices(spec->argument);
            printf("'");
        }
        printf(" -d '");
        print_plain(spec->help);
        printf("'\n");
    }
    if (takes_pid(command))
        printf("complete -c heapdiff -n '__fish_seen_subcommand_from %s' -a "
               "'(__fish_complete_pids)'\n",
               command->name);
}

static void print_fish(void)
{
    printf("# fish completion for heapdiff\n");
    for (size_t i = 0; commands[i]; i++)
        print_fish_command(commands[i]);
    printf("complete -c heapdiff -n __fish_use_subcommand -f -a help"
           " -d 'Explain a command'\n"
           "complete -c heapdiff -n __fish_use_subcommand -f -a version"
           " -d 'Print the version'\n");
}

static const struct option_spec options[] = {{0}};

static int completion_main(int argc, char **argv, struct error *error)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    int unused, first = options_parse(&command_completion, argc, argv, &unused, error);
    if (first < 0)
        return error->code;
    for (size_t i = 0; argc - first == 1 && i < sizeof shells / sizeof *shells; i++)
        if (strcmp(argv[first], shells[i].name) == 0) {
            shells[i].print();
            return EXIT_DONE;
        }
    error_set(error, "heapdiff completion bash", "completion takes bash, zsh or fish");
    return error->code;
}

const struct command command_completion = {
    .name = "completion",
    .arguments = "bash|zsh|fish",
    .summary = "Print the completion script of a shell",
    .details = "An installation includes the scripts. Without one, in bash:\n"
               "  eval \"$(heapdiff completion bash)\"",
    .options = options,
    .run = completion_main,
};
