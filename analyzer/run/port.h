/* port.h -- Asks whether a process listens on a port of this machine.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_RUN_PORT_H
#define ANALYZER_RUN_PORT_H

#include <stdbool.h>

/* True when a connection to PORT is accepted, by IPv4 or IPv6. */
bool port_is_open(int port);

#endif
