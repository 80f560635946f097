/* text_stack.h -- A site's stack in text: the callers that matter, or every frame.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_TEXT_STACK_H
#define ANALYZER_PRINT_TEXT_STACK_H

#include "base/term.h"
#include "base/text.h"
#include "sites/site.h"

/* The program's frames above the site on one or two lines: "called from a (x.c:1) < b (y.c:2)";
 * above a site in a dependency, the dependencies', too. Before them the function of a package that
 * the site called: "through prepare (better-sqlite3)". */
void text_stack_callers(const struct site *site, const struct term *term, struct text *out);

/* Every frame on a line of its own, leaf first. */
void text_stack_all(const struct site *site, const char *directory, const struct term *term,
                    struct text *out);

#endif
