/* lock_memory.c -- Locks all of its memory, that of the future too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(void)
{
    churn(100);
    must(mlockall(MCL_CURRENT | MCL_FUTURE) == 0);
    churn(1000);
    pid_t child = fork();
    if (child == 0) {
        churn(100);
        return 0;
    }
    must(ending(child) == 0);
    must(munlockall() == 0);
    return 0;
}
