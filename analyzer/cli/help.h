/* help.h -- Help texts, made from the tables of commands and options.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CLI_HELP_H
#define ANALYZER_CLI_HELP_H

struct command;

void help_all(void);                              /* on stdout */
void help_command(const struct command *command); /* on stdout */

#endif
