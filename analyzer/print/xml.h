/* xml.h -- Texts inside XML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_PRINT_XML_H
#define ANALYZER_PRINT_XML_H

#include "base/text.h"

/* Adds what may stand in an attribute in double quotes and between tags: valid UTF-8, escaped,
 * without characters that XML 1.0 forbids. */
void xml_add(struct text *out, const char *untrusted);

#endif
