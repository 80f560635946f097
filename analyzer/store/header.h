/* header.h -- Is this file a whole snapshot of our format? Asked before SQLite sees it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_HEADER_H
#define ANALYZER_STORE_HEADER_H

#include "base/error.h"

/* True when PATH is a complete SQLite file with heapdiff's application id and this format. */
bool header_check(const char *path, struct error *error);

#endif
