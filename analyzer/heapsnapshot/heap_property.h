/* heap_property.h -- A property's name as DevTools writes it into the name of a class.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HEAPSNAPSHOT_HEAP_PROPERTY_H
#define ANALYZER_HEAPSNAPSHOT_HEAP_PROPERTY_H

#include "base/text.h"

/* Adds NAME to OUT, in quotes where it could be misread. Returns its length as JavaScript counts.
 */
size_t heap_property_format(const char *name, struct text *out);

/* Units of UTF-16 that LENGTH bytes of UTF-8 take. */
size_t heap_property_length(const char *bytes, size_t length);

#endif
