/* draft.c -- A file on its way: it gets its name when it is whole and on disk.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/draft.h"

#include "base/memory.h"
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static bool draft_fail(struct draft *draft)
{
    draft_discard(draft);
    return false;
}

/* Random and not the process id: two containers that share a folder may use the same ids. */
static char *temporary_name(const char *path)
{
    uint32_t random = 0;
    char *name = NULL;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        random = (uint32_t)getpid();
    return asprintf(&name, "%s.%08x.part", path, (unsigned)random) < 0 ? NULL : name;
}

static int open_nameless(const char *path, mode_t mode)
{
    struct text folder = {0};
    place_folder(path, &folder);
    int file = open(folder.bytes, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    text_done(&folder);
    return file;
}

bool draft_begin(struct draft *draft, const char *path, mode_t mode, enum draft_name name)
{
    *draft = (struct draft){
        .path = strdup(path), .temporary = temporary_name(path), .file = -1, .is_nameless = true};
    if (!draft->path || !draft->temporary)
        return draft_fail(draft);
    if (name == DRAFT_NAMELESS)
        draft->file = open_nameless(path, mode);
    if (draft->file < 0 && (name == DRAFT_NAMED || errno == EOPNOTSUPP || errno == EISDIR)) {
        draft->file =
            open(draft->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        draft->is_nameless = draft->file < 0;
    }
    return draft->file >= 0 || draft_fail(draft);
}

bool draft_open(struct draft *draft, const char *path, struct error *error)
{
    struct text real = {0};
    bool is_stream = false, is_found = place_find(path, &real, &is_stream, error), good = is_found;
    *draft = (struct draft){.file = -1};
    if (good && is_stream) {
        draft->path = strdup(path);
        draft->file = open(path, O_WRONLY | O_CLOEXEC);
        good = draft->file >= 0 || draft_fail(draft);
    } else if (good) {
        good = draft_begin(draft, real.bytes, 0666, DRAFT_NAMELESS);
    }
    if (is_found && !good)
        error_set(error, NULL, "cannot write %s: %s", path, strerror(errno));
    text_done(&real);
    return good;
}

static bool name_it(struct draft *draft)
{
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", draft->file);
    if (draft->is_nameless)
        draft->is_nameless =
            linkat(AT_FDCWD, self, AT_FDCWD, draft->temporary, AT_SYMLINK_FOLLOW) != 0;
    return !draft->is_nameless;
}

/* Some file systems have nothing to sync and say EINVAL. */
static bool sync_file(int file)
{
    return fsync(file) == 0 || errno == EINVAL || errno == ENOSYS;
}

bool draft_finish(struct draft *draft)
{
    if (draft->temporary) {
        if (!sync_file(draft->file) || !name_it(draft) || !place_put(draft->temporary, draft->path))
            return draft_fail(draft);
        draft->is_nameless = true; /* it has its own name now */
    }
    draft_discard(draft);
    return true;
}

void draft_discard(struct draft *draft)
{
    int saved = errno;
    if (draft->temporary && !draft->is_nameless)
        unlink(draft->temporary);
    if (draft->file >= 0)
        close(draft->file);
    free(draft->temporary);
    free(draft->path);
    *draft = (struct draft){.file = -1};
    errno = saved;
}

bool draft_write(const struct draft *draft, const void *bytes, size_t length)
{
    const char *from = bytes;
    while (length > 0) {
        ssize_t count = write(draft->file, from, length);
        if (count < 0 && errno != EINTR)
            return false;
        from += count > 0 ? count : 0;
        length -= count > 0 ? (size_t)count : 0;
    }
    return true;
}
