/* companion.h -- The script that Node programs load, so that they can be asked for more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_COMPANION_H
#define ANALYZER_RUN_COMPANION_H

#include "base/error.h"
#include "base/text.h"

/* Adds the path of the companion that belongs to the shim at SHIM; false when there is none. */
bool companion_find(const char *shim, struct text *path);

/* Whether the command line uses Node's permission model, where a file that may not be read ends the
 * program. */
bool companion_is_refused(char *const *program);

/* Whether a command line may lead to Node: it names it or one of its launchers, or is a script or a
 * shell, or its children are followed. Not where it is refused. */
bool companion_may_help(char *const *program, bool is_followed);

/* Tells in ERROR's hint how a Node program gets the companion. */
void companion_hint(struct error *error);

#endif
