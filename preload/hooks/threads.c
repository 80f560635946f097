/* threads.c -- Which code creates threads.
 *
 * The new thread starts in the program's own function with the program's own argument: nothing of
 * ours runs in it. Only the creator is noted, after the call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hooks/hooks.h"

#include <errno.h>
#include <pthread.h>

#include "base/probe.h"
#include "hooks/signals.h"
#include "record/record.h"
#include "tables/creations.h"

/* A stack that the program has made is a block or a mapping like others. */
static bool brings_stack(const pthread_attr_t *attributes)
{
    void *low = NULL;
    size_t size = 0;
    return attributes && pthread_attr_getstack(attributes, &low, &size) == 0 &&
           (uintptr_t)low + size != 0; /* without one glibc answers 0 - size */
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    bool on = record_is_on(), own = on && !brings_stack(attributes);
    int failed = real.pthread_create(thread, attributes, start, argument);
    /* The new thread may have freed the object that its identifier lies in. */
    uintptr_t pointer;
    struct signals signals;
    if (failed || !on || !probe_copy(&pointer, (uintptr_t)thread, sizeof pointer))
        return failed;
    uint32_t stack = own ? record_stack(KIND_THREAD, RECORD_HERE(), 0) : 0;
    if (signals_block(&signals)) {
        creations_note(pointer, stack);
        signals_restore(&signals);
    }
    return failed;
}
