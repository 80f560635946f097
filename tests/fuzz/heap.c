/* heap.c -- Any bytes as a heap snapshot of V8: read, compared and printed without harm.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "print/objects_json.h"
#include "print/objects_text.h"

/* Of what is read, every number has to be one that the arrays can have. */
static void check(const struct objects *objects)
{
    for (size_t i = 0; i < objects->types.count; i++) {
        const struct objects_type *type = &objects->types.items[i];
        if (type->count[0] < 0 || type->added > type->same_count[objects->count - 1])
            abort();
    }
}

static void try_objects(const char *const *paths, size_t count)
{
    struct objects_options options = {.top = 20};
    struct error error = {0};
    struct objects *objects = objects_open(paths, count, &options, &error);
    if (!objects) {
        if (!*error.message)
            abort(); /* a refusal without a reason */
        return;
    }
    check(objects);
    struct objects_text_options text = {
        .term.width = 120, .top = 20, .all = true, .has_headline = true};
    struct text out = {0};
    objects_text(objects, &text, &out);
    objects_json(objects, 20, &out);
    text_done(&out);
    objects_close(objects);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[64];
    int file = memfd_create("heap", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const char *const paths[] = {path, path};
    try_objects(paths, 1);
    try_objects(paths, 2);
    close(file);
    return 0;
}
