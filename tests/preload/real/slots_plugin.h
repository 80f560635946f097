/* slots_plugin.h -- A library that imports a function in every way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRELOAD_HOOKS_SLOTS_PLUGIN_H
#define TESTS_PRELOAD_HOOKS_SLOTS_PLUGIN_H

#include <stdint.h>
#include <sys/types.h>

extern const uint16_t plugin_word; /* 77 */

int plugin_call(void);
pid_t (*plugin_address(void))(void);
pid_t (*const *plugin_table(void))(void); /* of getppid and getpgrp */
int plugin_call_other(void);              /* getpgrp */

#endif
