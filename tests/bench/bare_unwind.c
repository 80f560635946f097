/* bare_unwind.c -- A shim that only calls libunwind's unw_backtrace: the cost of unwinding alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE
#define UNW_LOCAL_ONLY
#include <dlfcn.h>
#include <libunwind.h>
#include <stddef.h>

static __thread int inside __attribute__((tls_model("initial-exec")));
static void *(*real_malloc)(size_t);

__attribute__((constructor)) static void init(void)
{
    void *frames[4];
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    inside = 1;
    unw_set_caching_policy(unw_local_addr_space, UNW_CACHE_PER_THREAD);
    unw_backtrace(frames, 4);
    inside = 0;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    if (!real_malloc)
        real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    void *block = real_malloc(size);
    if (!inside) {
        void *frames[128];
        inside = 1;
        unw_backtrace(frames, 128);
        inside = 0;
    }
    return block;
}
