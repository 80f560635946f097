/* handlers.c -- Handlers around fork that allocate.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"

static bool parent_was_told;

static void before(void)
{
    free(malloc(100));
    printf("before\n");
}

static void in_parent(void)
{
    free(malloc(100));
    parent_was_told = true;
}

static void in_child(void)
{
    free(malloc(100));
    printf("in child\n");
    fflush(stdout);
}

int main(void)
{
    must(pthread_atfork(before, in_parent, in_child) == 0);
    churn(100);
    setvbuf(stdout, NULL, _IONBF, 0);
    pid_t child = fork();
    if (child == 0)
        _exit(2);
    must(ending(child) == 2 && parent_was_told);
    return 0;
}
