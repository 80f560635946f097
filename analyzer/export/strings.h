/* strings.h -- A file's table of texts, each in it once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_STRINGS_H
#define ANALYZER_EXPORT_STRINGS_H

#include "base/map.h"
#include "base/memory.h"
#include "base/out.h"

/* Zero-initialise it. */
struct strings {
    struct map index;
    struct pool *texts;
    VEC(const char *) items;
};

void strings_done(struct strings *strings);

/* The number of TEXT, which is copied when it is new. */
uint32_t strings_add(struct strings *strings, const char *text);

#endif
