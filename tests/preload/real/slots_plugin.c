/* slots_plugin.c -- A library that imports a function in every way: called, its address taken, its
 * address in constant data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "real/slots_plugin.h"

#include <unistd.h>

const uint16_t plugin_word = 77;

static pid_t (*const table[])(void) = {getppid, getpgrp};

int plugin_call(void)
{
    return getppid();
}

pid_t (*plugin_address(void))(void)
{
    return getppid;
}

pid_t (*const *plugin_table(void))(void)
{
    return table;
}

int plugin_call_other(void)
{
    return getpgrp();
}
