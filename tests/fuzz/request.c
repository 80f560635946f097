/* request.c -- Any bytes in the control page of a recorded process: what the shim makes of them.
 *
 * Linked with a snapshot_take of our own, which looks at what it is asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "control/channel.h"
#include "control/snapshot.h"
#include "format/template.h"

void __wrap_snapshot_take(const struct snapshot_request *request, struct snapshot_answer *answer);

void __wrap_snapshot_take(const struct snapshot_request *request, struct snapshot_answer *answer)
{
    if (strnlen(request->label, sizeof request->label) == sizeof request->label ||
        strnlen(request->path, sizeof request->path) == sizeof request->path)
        abort();
    char name[PROTOCOL_PATH_SIZE];
    if (template_fill(name, sizeof name, "a.%e.%l.db",
                      &(struct template_values){"program", 1, 1, request->label}) &&
        (strchr(name, '/') || strchr(name, '\n')))
        abort();
    memset(answer, 0, sizeof *answer);
    answer->error = (unsigned char)request->label[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct control_page *page;
    if (!page && !(page = calloc(1, sizeof *page)))
        abort();
    memset(page, 0, sizeof *page);
    memcpy(page, bytes, size < sizeof *page ? size : sizeof *page);
    if (channel_serve(page) && page->answered != page->asked)
        abort();
    return 0;
}
