/* loaded.c -- A library that allocates when it is loaded, when it is used and when it goes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

static void *block;

void *loaded_allocate(size_t size);
void *loaded_allocate(size_t size)
{
    return malloc(size);
}

__attribute__((constructor)) static void begin(void)
{
    block = calloc(10, 100);
}

__attribute__((destructor)) static void end(void)
{
    free(block);
}
