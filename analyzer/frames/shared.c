/* shared.c -- Blocks that no one function of the program asks for: pools, and a compiler's scratch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frames/shared.h"

static const struct {
    const char *name, *advice;
} facts[SHARED_COUNT] = {
    [SHARED_BUFFER_POOL] =
        {"Buffer pool slab",
         "Node's small Buffers share slabs, and some small Buffer of each slab is kept. Look at "
         "who keeps results of Buffer.from, Buffer.allocUnsafe or slice: keep a copy that has its "
         "own memory (Buffer.alloc(n) and copy), or use Buffer.allocUnsafeSlow."},
    [SHARED_SOCKET_READ] =
        {"socket read buffer",
         "These are chunks that sockets and pipes received. Look at who keeps a chunk, or a slice "
         "of one, of a 'data' event: keep a copy of the bytes that are needed."},
    [SHARED_NETTY_ARENA] =
        {"Netty arena chunk",
         "Netty cuts its buffers from chunks, and some buffer of each chunk is kept. "
         "-Dio.netty.leakDetection.level=paranoid names those that are not released."},
    [SHARED_COMPILER] = {"JIT compiler", NULL},
    [SHARED_RECORDS] = {"V8's records of its heap", NULL},
};

enum rules_shared shared_of(struct frames *frames, const struct store_stack *stack)
{
    struct frames_walk walk = frames_leaf(frames, stack);
    const struct frame *frame;
    bool is_arena = false;
    if (stack->kind == KIND_JS)
        return SHARED_NONE;
    while ((frame = frames_caller(&walk)) != NULL) {
        bool is_others = frame->class == CLASS_OWN || frame->class == CLASS_DEPENDENCY;
        if (frame->shared == SHARED_ARENA)
            is_arena = true;
        else if (frame->shared == SHARED_COMPILER && is_arena)
            return SHARED_COMPILER;
        else if (frame->shared != SHARED_NONE && frame->shared != SHARED_COMPILER)
            return frame->shared;
        if (is_others && !frame->is_start)
            break;
    }
    return SHARED_NONE;
}

struct frame shared_frame(enum rules_shared shared)
{
    return (struct frame){.function = facts[shared].name,
                          .class = CLASS_RUNTIME,
                          .owner = OWNER_RUNTIME,
                          .shared = shared,
                          .is_named = true};
}

const char *shared_advice(enum rules_shared shared)
{
    return facts[shared].advice;
}

bool shared_is_slab(enum rules_shared shared)
{
    return shared == SHARED_BUFFER_POOL || shared == SHARED_NETTY_ARENA;
}

bool shared_is_scratch(enum rules_shared shared)
{
    return shared == SHARED_COMPILER || shared == SHARED_RECORDS;
}
