/* buffers.c -- Which functions hand out off-heap buffers: blocks that a managed runtime owns.
 *
 * They are known by name and found in the symbol table of the module that exports them, once, when
 * the program starts: a runtime is linked to its program, not loaded and unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/buffers.h"

#include "tables/dynsym.h"

#define DEPTH 8 /* frames from the leaf that are looked at */

/* Node: NodeArrayBufferAllocator and its debugging variant. */
static const char *const names[] = {
    "_ZN4node24NodeArrayBufferAllocator8AllocateEm",
    "_ZN4node24NodeArrayBufferAllocator21AllocateUninitializedEm",
    "_ZN4node24NodeArrayBufferAllocator10ReallocateEPvmm",
    "_ZN4node33DebuggingArrayBufferAllocator8AllocateEm",
    "_ZN4node33DebuggingArrayBufferAllocator21AllocateUninitializedEm",
};
#define NAMES (sizeof names / sizeof *names)

static struct dynsym_function functions[2 * NAMES];
static unsigned count;

void buffers_learn(const struct module *module)
{
    for (unsigned i = 0; i < NAMES && count < 2 * NAMES; i++)
        if (dynsym_find(module, names[i], &functions[count]))
            count++;
}

bool buffers_match(const struct stack *stack)
{
    for (unsigned i = 0; i < stack->depth && i < DEPTH; i++)
        for (unsigned j = 0; j < count; j++)
            if (stack->frames[i] > functions[j].start && stack->frames[i] <= functions[j].end)
                return true;
    return false;
}
