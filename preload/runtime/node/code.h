/* code.h -- V8 announces its JIT code to the shim, so that functions have names without a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef NODE_CODE_H
#define NODE_CODE_H

/* V8's heap of the calling thread; NULL when this V8 does not tell. */
void *code_isolate(void);

/* Has the heap's own thread call CALLBACK, while it runs JavaScript or waits in Atomics.wait; when
 * it does neither, as soon as it runs any. From any thread, before the heap has ended. */
void code_interrupt(void *isolate, void (*callback)(void *isolate, void *data));

/* V8's heap of the calling thread announces the code that it has and all that it makes, from now
 * on. NULL when this V8 cannot; then the shim knows it. For code_end. */
void *code_begin(void);

/* To be called on the same thread before the module may be unloaded. Takes NULL. */
void code_end(void *isolate);

#endif
