/* log.c -- The few lines that the shim says: one write(2) each, capped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/host.h"
#include "base/lock.h"
#include "base/sandbox.h"

#define KEPT_FROM 100 /* descriptors that no program means when it says 0 to 9 */

static atomic_int said;
static struct stat stderr_file; /* as it was at the start; no inode: there was none */
static atomic_int kept = -1;

void log_begin(void)
{
    if (fstat(STDERR_FILENO, &stderr_file) != 0)
        stderr_file = (struct stat){.st_ino = 0};
}

/* A program that has closed stderr may be given its number for a file of its own. */
static bool is_stderr(const struct stat *file)
{
    return file->st_ino == stderr_file.st_ino && file->st_dev == stderr_file.st_dev &&
           file->st_rdev == stderr_file.st_rdev && stderr_file.st_ino != 0;
}

static bool is_open_stderr(int fd)
{
    struct stat file;
    return fd >= 0 && fstat(fd, &file) == 0 && is_stderr(&file);
}

void log_keep_stderr(void)
{
    int none = -1;
    if (!is_open_stderr(STDERR_FILENO))
        return;
    int copy = atomic_load(&kept) < 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, KEPT_FROM) : -1;
    if (copy >= 0 && !atomic_compare_exchange_strong(&kept, &none, copy))
        close(copy);
}

/* A pipe without a reader or a limit on file sizes would raise a signal: our line must not end the
 * program. The signal is directed at this thread, which takes it back before it is delivered. */
static void write_unharmed(int fd, const char *line, size_t length)
{
    static const struct timespec now = {0, 0};
    struct pollfd ready = {.fd = fd, .events = POLLOUT}; /* a full pipe would keep us */
    sigset_t harm, before, pending;
    sigemptyset(&harm);
    sigaddset(&harm, SIGPIPE);
    sigaddset(&harm, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &harm, &before);
    sigpending(&pending);
    ssize_t written = poll(&ready, 1, 0) == 1 ? write(fd, line, length) : 0;
    int error = errno, number = error == EPIPE ? SIGPIPE : SIGXFSZ;
    if (written < 0 && (error == EPIPE || error == EFBIG) && !sigismember(&pending, number)) {
        sigemptyset(&harm);
        sigaddset(&harm, number);
        sigtimedwait(&harm, NULL, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The program's stderr, for the control process, which has none of its descriptors. A socket cannot
 * be opened like this: then the line is lost. */
static void write_to_the_programs(const char *line, size_t length)
{
    char path[HOST_PATH_SIZE];
    struct stat file;
    host_path(path, "fd/2");
    if (stat(path, &file) != 0 || !is_stderr(&file))
        return;
    int fd = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    write_unharmed(fd, line, length);
    close(fd);
}

static void write_to_our_own(const char *line, size_t length)
{
    int fd = is_open_stderr(STDERR_FILENO) ? STDERR_FILENO : atomic_load(&kept);
    if (fd >= 0)
        write_unharmed(fd, line, length);
}

void log_silence(void)
{
    atomic_store(&said, LOG_LINES);
}

void log_line(const char *format, ...)
{
    static const char prefix[] = "heapdiff: ";
    char line[4600];
    int saved = errno;
    if (atomic_load(&said) >= LOG_LINES || atomic_fetch_add(&said, 1) >= LOG_LINES ||
        (sandbox_is_closed() && !lock_is_other()))
        return;
    int length = snprintf(line, sizeof line - 1, "%s", prefix);
    va_list arguments;
    va_start(arguments, format);
    length += vsnprintf(line + length, sizeof line - 1 - (size_t)length, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    for (int i = 0; i < length; i++) /* a path may hold anything, and this is one line */
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    line[length++] = '\n';
    if (lock_is_other())
        write_to_the_programs(line, (size_t)length);
    else
        write_to_our_own(line, (size_t)length);
    errno = saved;
}
