/* plugin.c -- Loaded and unloaded again and again by stress.cpp; allocates in its constructor too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

static char *greeting;

__attribute__((constructor)) static void enter(void)
{
    greeting = strdup(PLUGIN_NAME);
}

__attribute__((destructor)) static void leave(void)
{
    free(greeting);
}

void *plugin_make(size_t size);
void *plugin_make(size_t size)
{
    return malloc(size + strlen(greeting));
}
