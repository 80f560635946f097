/* code.c -- V8 announces its JIT code to the shim, so that functions have names without a file.
 *
 * V8's own interface for that, v8::Isolate::SetJitCodeEventHandler, is exported by node and by
 * libnode.so. An event's layout is that of v8-callbacks.h, which is the same in V8 10.2 to 14.6
 * (Node 18 to 26). No header is needed to build this, and a V8 without these functions, or with
 * another layout, is noticed: its first event must name the heap that we asked.
 *
 * The handler runs on the thread that compiles, or on one that collects garbage: V8 calls it under
 * a lock of the heap, and several heaps may call it at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/node/code.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/member.h"

#define WEAK __attribute__((weak))

enum { CODE_ADDED, CODE_MOVED };
enum { BYTE_CODE };
enum { ENUMERATE_EXISTING = 1 };

struct code_event {
    int type;
    int code_type;
    const void *start;
    size_t size;
    const void *script, *user_data, *wasm_source;
    union {
        struct {
            const char *text;
            size_t length;
        } name; /* of CODE_ADDED */
        const void *moved_to;
        size_t line_info[3];
    } of;
    const void *isolate;
};

typedef void code_handler(const struct code_event *event);

WEAK void *current_isolate(void) __asm__("_ZN2v87Isolate10GetCurrentEv");
WEAK void request_interrupt(void *isolate, void (*callback)(void *, void *),
                            void *data) __asm__("_ZN2v87Isolate16RequestInterruptEPFvPS0_PvES2_");
WEAK void set_handler(void *isolate, int options, code_handler *handler) __asm__(
    "_ZN2v87Isolate22SetJitCodeEventHandlerENS_19JitCodeEventOptionsEPFvPKNS_12JitCodeEventEE");

/* Of the shim; null when it is not preloaded. */
extern WEAK __typeof(heapdiff_code_added) heapdiff_code_added;
extern WEAK __typeof(heapdiff_code_moved) heapdiff_code_moved;
extern WEAK __typeof(heapdiff_code_refused) heapdiff_code_refused;

static _Atomic(enum {UNKNOWN, AS_EXPECTED, OTHER}) layout;

/* The first event comes while the calling thread's heap enumerates its code. */
static bool check_layout(const struct code_event *event)
{
    if (atomic_load_explicit(&layout, memory_order_relaxed) == UNKNOWN)
        atomic_store(&layout, event->isolate == current_isolate() ? AS_EXPECTED : OTHER);
    return atomic_load_explicit(&layout, memory_order_relaxed) == AS_EXPECTED;
}

/* Bytecode is data: an interpreted function's frame lies in its own copy of the trampoline
 * (--interpreted-frames-native-stack), which is announced like compiled code. */
static void take_event(const struct code_event *event)
{
    if (!check_layout(event) || event->code_type == BYTE_CODE)
        return;
    if (event->type == CODE_ADDED)
        heapdiff_code_added(event->start, event->size, event->of.name.text, event->of.name.length);
    else if (event->type == CODE_MOVED)
        heapdiff_code_moved(event->start, event->of.moved_to, event->size);
}

static bool can_announce(void)
{
    return current_isolate && set_handler && heapdiff_code_moved;
}

void *code_isolate(void)
{
    return current_isolate ? current_isolate() : NULL;
}

void code_interrupt(void *isolate, void (*callback)(void *isolate, void *data))
{
    if (isolate && request_interrupt)
        request_interrupt(isolate, callback, NULL);
}

void *code_begin(void)
{
    void *isolate = can_announce() ? current_isolate() : NULL;
    if (isolate)
        set_handler(isolate, ENUMERATE_EXISTING, take_event);
    if (isolate && atomic_load(&layout) == AS_EXPECTED)
        return isolate;
    code_end(isolate);
    if (heapdiff_code_refused)
        heapdiff_code_refused();
    return NULL;
}

void code_end(void *isolate)
{
    if (isolate)
        set_handler(isolate, 0, NULL);
}
