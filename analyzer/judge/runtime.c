/* runtime.c -- Which managed runtime a frame belongs to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/runtime.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct runtime runtime_of(const struct frame *frame)
{
    struct runtime python = {.kind = RUNTIME_PYTHON};
    const char *module = frame->module ? text_base_name(frame->module) : "";
    if (text_starts(frame->function, "v8::") || strcmp(frame->function, RUNTIME_V8_HEAP) == 0 ||
        text_starts(module, "node") || text_starts(module, "libnode"))
        return (struct runtime){.kind = RUNTIME_V8};
    if (text_starts(module, "libjvm"))
        return (struct runtime){.kind = RUNTIME_JVM};
    if (text_starts(frame->function, "runtime."))
        return (struct runtime){.kind = RUNTIME_GO};
    const char *name = strstr(module, "python");
    if (!name)
        return (struct runtime){.kind = RUNTIME_NONE};
    if (sscanf(name, "python3.%d", &python.minor) != 1)
        python.minor = 0;
    return python;
}

const char *runtime_heap_name(enum runtime_kind kind)
{
    static const char *const names[] = {"managed heap", "JavaScript heap", "Java heap", "Go heap",
                                        "Python heap"};
    return names[kind];
}
