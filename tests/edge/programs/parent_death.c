/* parent_death.c -- A child asks to be killed when its parent ends, which it does.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(void)
{
    int pair[2], number = -1;
    churn(100);
    must(pipe(pair) == 0);
    must(prctl(PR_GET_PDEATHSIG, &number) == 0);
    printf("signal %d\n", number);
    fflush(stdout);
    if (fork() == 0) {
        must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
        churn(100);
        must(write(pair[1], "r", 1) == 1);
        for (;;)
            pause();
    }
    char ready;
    must(read(pair[0], &ready, 1) == 1);
    return 0;
}
