/* serve.h -- One page for one user: HTTP on the loopback address.
 *
 * It answers GET only, and only under its own host name and a random path. So no other machine, no
 * other user and no other page in the same browser can read it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_HTML_SERVE_H
#define ANALYZER_HTML_SERVE_H

#include "base/error.h"
#include "base/text.h"

#include <stdint.h>

struct serve {
    int listener;
    uint16_t port;
    char token[33];
    char url[96];
    const struct text *page;
    const char *policy; /* Content-Security-Policy */
};

/* Listens on 127.0.0.1 at PORT, 0 for a free one. PAGE and POLICY are borrowed. False with ERROR
 * filled when that fails. */
bool serve_open(struct serve *serve, uint16_t port, const struct text *page, const char *policy,
                struct error *error);

/* Answers until STOP can be read from. */
void serve_run(struct serve *serve, int stop);

void serve_close(struct serve *serve);

#endif
