/* loads.c -- Loads and unloads libraries, over and over, in threads and namespaces.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <dlfcn.h>

static const char *library;

static void *storm(void *unused)
{
    for (int i = 0; i < 100; i++) {
        void *handle = dlopen(library, RTLD_NOW);
        must(handle);
        void *(*allocate)(size_t) = (void *(*)(size_t))dlsym(handle, "loaded_allocate");
        must(allocate);
        free(allocate(100));
        must(dlclose(handle) == 0);
    }
    return unused;
}

int main(int count, char **arguments)
{
    (void)count;
    const char *way = arguments[1];
    library = arguments[2];
    churn(100);
    if (is(way, "storm"))
        storm(NULL);
    if (is(way, "threads")) {
        pthread_t other = started(storm, NULL);
        storm(NULL);
        pthread_join(other, NULL);
    }
    if (is(way, "namespace"))
        for (int i = 0; i < 20; i++) {
            void *handle = dlmopen(LM_ID_NEWLM, library, RTLD_NOW);
            must(handle && dlclose(handle) == 0);
        }
    if (is(way, "keep")) {
        void *handle = dlopen(library, RTLD_NOW);
        void *(*allocate)(size_t) = (void *(*)(size_t))dlsym(handle, "loaded_allocate");
        allocate(1000);
        must(dlclose(handle) == 0);
    }
    if (is(way, "missing"))
        must(!dlopen("libnowhere.so.9", RTLD_NOW) && dlerror());
    if (is(way, "tls"))
        puts(dlopen(library, RTLD_NOW) ? "loaded" : dlerror());
    return 0;
}
