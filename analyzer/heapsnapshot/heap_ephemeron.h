/* heap_ephemeron.h -- The names by which V8 says that a WeakMap holds a pair.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_EPHEMERON_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_EPHEMERON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the LENGTH bytes, a JSON string's inside, are `N / part of key (KEY @1) -> value (VALUE
 * @2) pair in WeakMap (table @T)`, without an end of line. Then PART is where " / part" begins:
 * the table's edge and the key's have the same from there on. */
bool heap_ephemeron_parse(const char *bytes, size_t length, size_t *part, uint64_t *table);

#endif
