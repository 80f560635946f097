/* names.c -- Asks what the process has that it did not bring: symbols of other allocators.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <dlfcn.h>

#pragma weak mallocx
#pragma weak mallctl
#pragma weak tc_malloc
#pragma weak mi_malloc
void mallocx(void);
void mallctl(void);
void tc_malloc(void);
void mi_malloc(void);

static const char *const names[] = {"mallocx",
                                    "rallocx",
                                    "xallocx",
                                    "sallocx",
                                    "dallocx",
                                    "sdallocx",
                                    "nallocx",
                                    "mallctl",
                                    "je_malloc",
                                    "tc_malloc",
                                    "tc_free",
                                    "mi_malloc",
                                    "mi_free",
                                    "malloc_stats_print",
                                    "MallocExtension_ReleaseFreeMemory",
                                    "free_sized",
                                    "free_aligned_sized",
                                    "aligned_malloc",
                                    "scalable_malloc",
                                    "sqlite3_open",
                                    "unw_step",
                                    "backtrace_create_state"};

int main(void)
{
    printf("weak: %d %d %d %d\n", mallocx != NULL, mallctl != NULL, tc_malloc != NULL,
           mi_malloc != NULL);
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (dlsym(RTLD_DEFAULT, names[i]))
            puts(names[i]);
    return 0;
}
