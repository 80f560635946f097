/* stops.c -- Is stopped and continued by its parent, which sees both.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

int main(void)
{
    int status;
    churn(100);
    pid_t child = fork();
    if (child == 0) {
        churn(100);
        raise(SIGSTOP);
        churn(100);
        exit(5);
    }
    must(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
    must(kill(child, SIGCONT) == 0);
    must(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
    printf("ended with %d\n", ending(child));
    return 0;
}
