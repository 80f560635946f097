/* core.c -- Dumps core.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static void *run(void *unused)
{
    for (;;)
        churn(10);
    return unused;
}

int main(int count, char **arguments)
{
    (void)arguments;
    struct rlimit all = {1 << 30, 1 << 30};
    must(setrlimit(RLIMIT_CORE, &all) == 0);
    churn(100);
    if (count > 1)
        started(run, NULL);
    abort();
}
