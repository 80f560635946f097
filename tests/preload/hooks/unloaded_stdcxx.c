/* unloaded_stdcxx.c -- Stands in for a libstdc++ that can be unloaded: an operator new with
 * libstdc++'s version that says that it was called, and a caller of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
#include <stdio.h>

static char room[64];

void *_Znwm(size_t size);
void use(void);

void *_Znwm(size_t size)
{
    printf("%s is asked for %zu bytes\n", UNLOADED_NAME, size);
    return room;
}

void use(void)
{
    printf("%s\n", _Znwm(12) == room ? "its own" : "another one's");
}
