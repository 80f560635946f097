/* port.c -- Asks whether a process listens on a port of this machine.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/port.h"

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static bool accepts(const struct sockaddr *address, socklen_t size)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool accepted = fd >= 0 && connect(fd, address, size) == 0;
    if (fd >= 0)
        close(fd);
    return accepted;
}

bool port_is_open(int port)
{
    struct sockaddr_in four = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)port),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return accepts((const struct sockaddr *)&four, sizeof four) ||
           accepts((const struct sockaddr *)&six, sizeof six);
}
