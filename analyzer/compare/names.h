/* names.h -- One word for one thing in all outputs for people; JSON has names of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_NAMES_H
#define ANALYZER_COMPARE_NAMES_H

#include "compare/comparison.h"

/* The part of RSS; a managed heap is called by its language: "Java heap". */
const char *names_part(const struct comparison *comparison, enum part part);

/* The kind of a site; "managed heap" for the mappings of one. */
const char *names_kind(const struct site *site);

#endif
