/* labels.h -- Interned labels: the parts of its work that the program names.
 *
 * A label is a number wherever blocks are counted. Texts are copied when they are first seen and
 * live for ever. Lock-free.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_LABELS_H
#define TABLES_LABELS_H

#include <stdint.h>

#include "tables/stacks.h"

#define LABELS_MOST      32768u /* different ones */
#define LABELS_TEXT_SIZE 128    /* with the zero; a longer text is cut */
#define LABELS_NONE      0u
#define LABELS_MORE      65535u /* all labels beyond LABELS_MOST */

/* The number of the label with this text, which is not empty. Its copy lies in ROOM. LABELS_MORE
 * when there are too many, or no memory: counted. */
uint16_t labels_intern(const char *text, struct stacks_room *room);

/* The text of a number that was given out; NULL for LABELS_NONE. */
const char *labels_text(uint16_t label);

/* How often a label found no room. */
uint64_t labels_dropped(void);

#endif
