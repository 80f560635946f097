/* debugfiles.c -- Where a module's file and its debug information may lie.
 *
 * A file counts only if it has the module's build id, so it does not matter how it was found. All
 * paths that were tried are noted, those without a file too: an answer in the cache holds as long
 * as nothing changes at any of them (a debug package that is installed, a program rebuilt).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "symbols/debugfiles.h"

#include "symbols/debuginfod.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define USUAL_DIR "/usr/lib/debug"

void debugfiles_done(struct debugfiles *files)
{
    text_done(&files->looked_at);
}

int debugfiles_open(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* it may be a FIFO */
    if (fd >= 0 && (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

void debugfiles_stamp(const char *path, struct text *stamp)
{
    struct stat status;
    if (stat(path, &status) < 0)
        text_add(stamp, "-");
    else
        text_format(stamp, "%" PRIu64 ":%" PRIu64 ":%lld:%lld.%09ld:%lld.%09ld",
                    (uint64_t)status.st_dev, (uint64_t)status.st_ino, (long long)status.st_size,
                    (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                    (long long)status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

/* Opens PATH if it has the wanted build id. */
static int try_path(struct debugfiles *files, const struct build_id *id, const char *path)
{
    text_add_n(&files->looked_at, path, strlen(path) + 1);
    int fd = debugfiles_open(path);
    if (fd < 0)
        return -1;
    struct build_id found = build_id_of_fd(fd);
    if (build_id_same(&found, id))
        return fd;
    files->saw_other = true;
    close(fd);
    return -1;
}

/* Tries a path that is composed; when it opens, *FOUND is the path, to be freed. */
__attribute__((format(printf, 4, 5))) static int try_format(struct debugfiles *files,
                                                            const struct build_id *id, char **found,
                                                            const char *format, ...)
{
    va_list arguments;
    char *path;
    va_start(arguments, format);
    int length = vasprintf(&path, format, arguments);
    va_end(arguments);
    if (length < 0)
        return -1;
    int fd = try_path(files, id, path);
    if (fd >= 0)
        *found = path;
    else
        free(path);
    return fd;
}

/* Folder number N of those that hold debug files; NULL after the last. Its length is *LENGTH. */
static const char *folder(const struct debugfiles *files, size_t n, size_t *length)
{
    const char *at = files->sources->debug_dirs;
    for (; at && *at; at += *length + (at[*length] == ':')) {
        *length = strcspn(at, ":");
        if (*length > 0 && n-- == 0)
            return at;
    }
    *length = strlen(USUAL_DIR);
    return n == 0 ? USUAL_DIR : NULL;
}

/* .build-id/ab/cdef…SUFFIX in one of the folders. */
static int try_build_id(struct debugfiles *files, const struct build_id *id, const char *suffix,
                        char **found)
{
    struct text name = {0};
    const char *dir;
    size_t length;
    int fd = -1;
    for (size_t i = 0; i < id->length; i++)
        text_format(&name, i == 1 ? "/%02x" : "%02x", id->bytes[i]);
    for (size_t n = 0; fd < 0 && id->length > 1 && (dir = folder(files, n, &length)); n++)
        fd = try_format(files, id, found, "%.*s/.build-id/%s%s", (int)length, dir, name.bytes,
                        suffix);
    text_done(&name);
    return fd;
}

/* Our own vdso, which is everybody's on this machine until the kernel changes. */
static int open_vdso(const struct debugfiles *files)
{
    const char *name = text_base_name(files->path);
    if (strcmp(name, "[vdso]") != 0 && !text_starts(name, "linux-vdso.so"))
        return -1;
    const GElf_Ehdr *header = (const GElf_Ehdr *)getauxval(AT_SYSINFO_EHDR); /* NOLINT */
    int fd = header ? memfd_create("vdso", MFD_CLOEXEC) : -1;
    if (fd < 0)
        return -1;
    size_t size = header->e_shoff + (size_t)header->e_shentsize * header->e_shnum;
    struct build_id id = {.length = 0};
    if (write(fd, header, size) == (ssize_t)size)
        id = build_id_of_fd(fd);
    if (build_id_same(&id, &files->id))
        return fd;
    close(fd);
    return -1;
}

int debugfiles_open_module(struct debugfiles *files, struct pool *pool, const char **path)
{
    char *found = NULL;
    *path = files->path;
    int fd = open_vdso(files);
    if (fd < 0)
        fd = try_path(files, &files->id, files->path);
    if (fd >= 0)
        return fd;
    if (files->pid > 0 && files->path[0] == '/')
        fd = try_format(files, &files->id, &found, "/proc/%" PRId64 "/root%s", files->pid,
                        files->path);
    if (fd < 0)
        fd = try_build_id(files, &files->id, "", &found);
    if (fd < 0)
        fd = try_build_id(files, &files->id, ".debug", &found);
    if (fd < 0)
        fd =
            debuginfod_open(files->sources, &files->id, DEBUGINFOD_DEBUG_INFO, files->path, &found);
    if (fd < 0)
        fd =
            debuginfod_open(files->sources, &files->id, DEBUGINFOD_EXECUTABLE, files->path, &found);
    if (fd >= 0)
        *path = pool_text(pool, found);
    free(found);
    return fd;
}

/* Beside the module, as a debugger looks for it. */
static int try_link(struct debugfiles *files, const char *path, const char *link, char **found)
{
    int length = (int)(text_base_name(path) - path); /* of the folder, with its slash */
    int fd = try_format(files, &files->id, found, "%.*s%s", length, path, link);
    if (fd < 0)
        fd = try_format(files, &files->id, found, "%.*s.debug/%s", length, path, link);
    const char *dir;
    size_t dir_length;
    for (size_t n = 0; fd < 0 && path[0] == '/' && (dir = folder(files, n, &dir_length)); n++)
        fd = try_format(files, &files->id, found, "%.*s%.*s%s", (int)dir_length, dir, length, path,
                        link);
    for (size_t n = 0; fd < 0 && (dir = folder(files, n, &dir_length)); n++)
        fd = try_format(files, &files->id, found, "%.*s/%s", (int)dir_length, dir, link);
    return fd;
}

int debugfiles_open_debug(struct debugfiles *files, const char *path, const char *link,
                          char **found)
{
    bool saw_other = files->saw_other; /* a debug file of another build is no news */
    int fd = try_build_id(files, &files->id, ".debug", found);
    if (fd < 0 && link && *link && !strchr(link, '/'))
        fd = try_link(files, path, link, found);
    if (fd < 0)
        fd = debuginfod_open(files->sources, &files->id, DEBUGINFOD_DEBUG_INFO, path, found);
    files->saw_other = saw_other;
    return fd;
}

int debugfiles_open_alt(struct debugfiles *files, const struct build_id *id, const char *alt_path,
                        const char *debug_path)
{
    char *found = NULL;
    int length = (int)(text_base_name(debug_path) - debug_path);
    int fd = try_build_id(files, id, ".debug", &found);
    if (fd < 0 && alt_path[0] == '/')
        fd = try_path(files, id, alt_path);
    else if (fd < 0)
        fd = try_format(files, id, &found, "%.*s%s", length, debug_path, alt_path);
    const char *dir;
    size_t dir_length;
    const char *shared = strstr(alt_path, "/.dwz/"); /* with the folders below it */
    for (size_t n = 0; fd < 0 && (dir = folder(files, n, &dir_length)); n++)
        fd = try_format(files, id, &found, "%.*s/.dwz/%s", (int)dir_length, dir,
                        shared ? shared + strlen("/.dwz/") : text_base_name(alt_path));
    if (fd < 0)
        fd = debuginfod_open(files->sources, id, DEBUGINFOD_DEBUG_INFO, files->path, &found);
    free(found);
    return fd;
}
