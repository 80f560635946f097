/* heapsnapshot.h -- .heapsnapshot and .heaptimeline: a native heap for Chrome DevTools.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_EXPORT_HEAPSNAPSHOT_H
#define ANALYZER_EXPORT_HEAPSNAPSHOT_H

#include "base/out.h"
#include "export/numbers.h"

/* Writes snapshot INDEX of SET; as TIMELINE with allocation stacks and times of allocation. Errors
 * of writing are OUT's; false with ERROR filled when the snapshot is damaged. */
bool heapsnapshot_write(const struct set *set, const struct numbers *numbers, size_t index,
                        bool timeline, struct out *out, struct error *error);

#endif
