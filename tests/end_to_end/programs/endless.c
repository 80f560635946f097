/* endless.c -- A function that allocates until the process ends: a native module at work.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

void endless(unsigned number);

void endless(unsigned number)
{
    void *volatile block;
    for (;; number = (number + 1) % 1000) {
        block = malloc(100 + number);
        free(block);
    }
}
