/* runtime.h -- Which managed runtime a frame belongs to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_JUDGE_RUNTIME_H
#define ANALYZER_JUDGE_RUNTIME_H

#include "frames/frames.h"

enum runtime_kind { RUNTIME_NONE, RUNTIME_V8, RUNTIME_JVM, RUNTIME_GO, RUNTIME_PYTHON };

struct runtime {
    enum runtime_kind kind;
    int minor; /* of CPython 3; 0: not known */
};

#define RUNTIME_V8_HEAP "JavaScript heap (V8)" /* the site of all its mappings */

/* By the names of the frame's function and module. */
struct runtime runtime_of(const struct frame *frame);

/* "JavaScript heap", "Java heap", …; "managed heap" for RUNTIME_NONE. */
const char *runtime_heap_name(enum runtime_kind kind);

#endif
