/* symbol_options.h -- The options of every command that names functions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMMANDS_SYMBOL_OPTIONS_H
#define ANALYZER_COMMANDS_SYMBOL_OPTIONS_H

#include "cli/options.h"
#include "symbols/symbols.h"

/* Rows for a table of options; FIELD is a struct symbol_sources in TYPE. */
/* clang-format off */
#define SYMBOL_OPTIONS(type, field)                                                                \
    {"debug-dir", 0, OPTION_TEXT, "DIR",                                                           \
     "Search these folders (DIR:DIR...) for debug files before /usr/lib/debug.",                   \
     offsetof(type, field.debug_dirs)},                                                            \
    {"debuginfod", 0, OPTION_FLAG, NULL,                                                           \
     "Fetch missing debug files from debuginfod servers.", offsetof(type, field.debuginfod)},      \
    {"no-cache", 0, OPTION_FLAG, NULL,                                                             \
     "Do not use the cache of names.", offsetof(type, field.no_cache)}
/* clang-format on */

/* False with ERROR filled when a folder is not there or no server is known. */
bool symbol_options_check(const struct symbol_sources *sources, struct error *error);

#endif
