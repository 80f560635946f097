/* operations_file.c -- Where a load says how much work it has done.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "run/operations_file.h"

#include "base/text.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST 4096 /* bytes; a number is shorter */

bool operations_file_make(struct operations_file *file, struct error *error)
{
    const char *temporary = getenv("TMPDIR");
    const char *folder = temporary && *temporary == '/' ? temporary : "/tmp";
    if (snprintf(file->path, sizeof file->path, "%s/heapdiff-ops.XXXXXX", folder) >=
        (int)sizeof file->path)
        snprintf(file->path, sizeof file->path, "/tmp/heapdiff-ops.XXXXXX");
    int fd = mkostemp(file->path, O_CLOEXEC);
    if (fd < 0) {
        int failed = errno;
        *file->path = '\0';
        return error_set(error, "TMPDIR names another folder", "cannot make a file in %s: %s",
                         folder, strerror(failed));
    }
    close(fd);
    return true;
}

void operations_file_remove(struct operations_file *file)
{
    if (*file->path)
        unlink(file->path);
    *file->path = '\0';
}

void operations_file_clear(const struct operations_file *file)
{
    if (*file->path && truncate(file->path, 0) != 0 && errno != ENOENT)
        fprintf(stderr, "heapdiff: cannot empty %s: %s\n", file->path, strerror(errno));
}

/* Blanks round it are allowed, anything else is not. */
static bool parse(const char *text, int64_t *number)
{
    static const char blanks[] = " \t\r\n";
    char *end;
    text += strspn(text, blanks);
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && !end[strspn(end, blanks)] && *number <= STORE_LIMIT;
}

int64_t operations_file_read(const struct operations_file *file)
{
    struct text text = {0};
    int64_t number = -1;
    bool is_there = *file->path && text_read_file(&text, file->path, LONGEST) && text.length > 0;
    if (is_there && !parse(text.bytes, &number)) {
        struct text clean = {0};
        text_add_clean(&clean, text.bytes, true);
        fprintf(stderr,
                "heapdiff: the load has written '%.40s' to " OPERATIONS_VARIABLE
                ", which is no number of operations\n",
                clean.bytes);
        text_done(&clean);
        number = -1;
    }
    text_done(&text);
    return number;
}
