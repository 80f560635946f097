/* api.c -- The bodies of heapdiff.h, which a program may call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define HEAPDIFF_IMPLEMENTATION
#include "heapdiff.h"

#include "control/worker.h"
#include "record/operations.h"
#include "record/pools.h"
#include "record/record.h"
#include "record/thread.h"

int heapdiff_snapshot(const char *label)
{
    return record_is_on() ? worker_ask(REASON_API, label) : -1;
}

void heapdiff_pause(void)
{
    record_pause(1);
}

void heapdiff_resume(void)
{
    record_pause(-1);
}

void heapdiff_alloc(const char *pool, const void *ptr, size_t size)
{
    if (record_is_on())
        pools_alloc(pool, ptr, size, RECORD_HERE());
}

void heapdiff_free(const char *pool, const void *ptr)
{
    if (record_is_on())
        pools_free(pool, ptr);
}

const char *heapdiff_label(const char *label)
{
    return record_is_on() ? thread_set_label(label) : NULL;
}

void heapdiff_ops(uint64_t done)
{
    if (record_is_on())
        operations_add(done);
}
