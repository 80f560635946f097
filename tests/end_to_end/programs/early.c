/* early.c -- A program linked to a library that forks before main.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

int early_fork_wait(void);

int main(void)
{
    void *volatile block = malloc(100);
    free(block);
    return early_fork_wait();
}
