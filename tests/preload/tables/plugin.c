/* plugin.c -- A library to load and unload; PLUGIN_NAME tells one build of it from another.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

const char *plugin_name(void);
void *plugin_allocate(size_t size);

const char *plugin_name(void)
{
    return PLUGIN_NAME;
}

/* malloc is undefined here: a symbol that the plugin has and does not define. */
void *plugin_allocate(size_t size)
{
    return malloc(size);
}
