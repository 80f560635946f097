/* leak_test.c -- Uses the library as its users do, with a snapshot before the work and one after.
 *
 * With CANARY in the environment it leaks on purpose, a little with every operation: the control
 * that shows that the test can fail.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapdiff.h"
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARM_UP = 1000, OPERATIONS = 20000, CANARY = 24 };

static void *volatile kept;

static void leak_canary(void)
{
    kept = malloc(CANARY);
}

static size_t work(int operations, int with_canary)
{
    size_t found = 0;

    for (int i = 0; i < operations; i++) {
        struct settings *settings = settings_parse("port=80\nhost=localhost\nbroken\nuser=me\n");
        found += strlen(settings_get(settings, "host"));
        settings_free(settings);
        if (with_canary)
            leak_canary();
    }
    return found;
}

int main(void)
{
    int with_canary = getenv("CANARY") != NULL;
    size_t found = work(WARM_UP, with_canary);

    heapdiff_snapshot("before");
    found += work(OPERATIONS, with_canary);
    heapdiff_snapshot("after");
    printf("%zu\n", found);
    return 0;
}
