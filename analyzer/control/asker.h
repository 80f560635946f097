/* asker.h -- Asking a recorded process for a snapshot: the asker's side of format/protocol.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_CONTROL_ASKER_H
#define ANALYZER_CONTROL_ASKER_H

#include "base/error.h"
#include "base/text.h"

#include <stdint.h>
#include <sys/types.h>

struct asker_request {
    pid_t pid;
    const char *label; /* NULL: none */
    const char
        *path;   /* where to put the snapshot (a file, or a folder); NULL: the process decides */
    bool gc;     /* let the runtime collect its garbage first */
    bool blocks; /* list every live block */
    const int64_t *operations; /* units of work done so far, to be stored; NULL: not known */
    int cancel_fd;             /* gives up when it is readable; -1: never */
    struct text *note;         /* gets the process's message, a refusal or a note; may be NULL */
};

/* Returns when the snapshot is complete, with its path added to PATH. On failure ERROR is filled
 * and *ANSWER is the errno that the process answered with, 0 when it did not come to that. */
bool asker_snapshot(const struct asker_request *request, struct text *path, int *answer,
                    struct error *error);

#endif
