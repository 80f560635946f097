/* channel.c -- The shim's side of the control page; see format/protocol.h for the exchange.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "control/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/host.h"
#include "base/sandbox.h"
#include "cut/before.h"
#include "kernel/identity.h"
#include "runtime/runtime.h"

#define PAGE_ROOM ((sizeof(struct control_page) + 4095) & ~(size_t)4095)

static char file[PATH_MAX];
static uint32_t counted;    /* the request for which cut/before.h has counted */
static int descriptor = -1; /* of the file; the control process has a table of its own */
static int place = -1;      /* where it lies, also when something else is mounted there */
static struct control_page *mapped;

/* Where files may not grow that far the attempt would be answered with a signal, SIGXFSZ. */
static bool may_grow(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur >= PAGE_ROOM;
}

/* A file of an earlier process of this pid, or of ourselves before an exec, is replaced. */
static int make_file(const char *directory)
{
    int length = snprintf(file, sizeof file, "%s/" PROTOCOL_PREFIX "%d" PROTOCOL_SUFFIX, directory,
                          (int)host_pid());
    if (length >= (int)sizeof file)
        return -1;
    unlink(file);
    int fd = may_grow() ? open(file, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd >= 0)
        fchmod(fd, 0600); /* whatever the umask is */
    if (fd >= 0 &&
        posix_fallocate(fd, 0, (off_t)PAGE_ROOM) != 0) { /* a full disk must not SIGBUS */
        close(fd);
        unlink(file);
        fd = -1;
    }
    if (fd < 0)
        *file = '\0';
    return fd;
}

static uint64_t pid_namespace(void)
{
    struct stat status;
    return stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

static int open_folder(void)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s", (int)(strrchr(file, '/') - file), file);
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

struct control_page *channel_open(void)
{
    const char *temporary = getenv("TMPDIR");
    const char *directories[] = {"/dev/shm", temporary && *temporary == '/' ? temporary : "/tmp",
                                 "/tmp"};
    int fd = -1;
    for (unsigned i = 0; fd < 0 && i < sizeof directories / sizeof *directories; i++)
        fd = make_file(directories[i]);
    if (fd < 0)
        return NULL;
    void *page =
        (void *)syscall(SYS_mmap, NULL, PAGE_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    descriptor = fd;
    place = open_folder();
    if (page == MAP_FAILED) {
        channel_close();
        return NULL;
    }
    mapped = page;
    counted = 0;
    mapped->version = PROTOCOL_VERSION;
    mapped->pid = (uint32_t)host_pid();
    mapped->control_pid = (uint32_t)getpid();
    mapped->pid_namespace = pid_namespace();
    mapped->abilities = PROTOCOL_OPERATIONS | PROTOCOL_TALLY | PROTOCOL_COLLECTED;
    if (!snapshot_pattern(mapped->pattern, sizeof mapped->pattern))
        *mapped->pattern = '\0';
    snprintf(mapped->program, sizeof mapped->program, "%s", identity_program());
    atomic_thread_fence(memory_order_release);
    mapped->magic = PROTOCOL_MAGIC;
    return mapped;
}

/* Is this a control page of a process of our namespace that is gone? */
static bool is_stale(int folder, const char *name)
{
    struct {
        uint64_t magic;
        uint32_t version, pid;
    } found;
    uint64_t namespace;
    char *end;
    if (strncmp(name, PROTOCOL_PREFIX, strlen(PROTOCOL_PREFIX)) != 0)
        return false;
    long pid = strtol(name + strlen(PROTOCOL_PREFIX), &end, 10);
    if (strcmp(end, PROTOCOL_SUFFIX) != 0 || pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
        return false;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool stale = fd >= 0 && read(fd, &found, sizeof found) == (ssize_t)sizeof found &&
                 found.magic == PROTOCOL_MAGIC &&
                 pread(fd, &namespace, sizeof namespace,
                       offsetof(struct control_page, pid_namespace)) == sizeof namespace &&
                 namespace == mapped->pid_namespace;
    if (fd >= 0)
        close(fd);
    return stale;
}

static bool remove_stale(int folder, const char *name, void *context)
{
    (void)context;
    if (is_stale(folder, name))
        unlinkat(folder, name, 0);
    return true;
}

void channel_sweep(void)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", file);
    char *slash = strrchr(path, '/');
    if (!mapped || !slash)
        return;
    *slash = '\0';
    folder_each(path, remove_stale, NULL);
}

/* Relative to the folder, unless there was no descriptor left for that. */
static const char *channel_name(void)
{
    return place < 0 ? file : strrchr(file, '/') + 1;
}

static int channel_where(void)
{
    return place < 0 ? AT_FDCWD : place;
}

/* After an exec the next program has made its own under the same name. */
static bool is_named(void)
{
    struct stat opened, named;
    return *file && fstat(descriptor, &opened) == 0 &&
           fstatat(channel_where(), channel_name(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* A program that has set its user aside for a while (seteuid) may end so. */
static void remove_as_saved_user(void)
{
    uid_t real, effective, saved;
    if (getresuid(&real, &effective, &saved) == 0 && syscall(SYS_setresuid, -1, saved, -1) == 0)
        unlinkat(channel_where(), channel_name(), 0);
}

void channel_close(void)
{
    if (is_named() && unlinkat(channel_where(), channel_name(), 0) != 0)
        remove_as_saved_user();
    if (descriptor >= 0)
        close(descriptor);
    if (place >= 0)
        close(place);
    place = -1;
    if (mapped)
        syscall(SYS_munmap, mapped, PAGE_ROOM);
    descriptor = -1;
    mapped = NULL;
    *file = '\0';
}

void channel_give_to(uid_t user, gid_t group)
{
    if (descriptor >= 0 && fchown(descriptor, user, group) != 0)
        errno = 0; /* a user who cannot open it cannot ask */
}

void channel_forked(void)
{
    before_forked();
    counted = 0;
    place = -1;
    if (mapped && !sandbox_is_closed())
        syscall(SYS_munmap, mapped, PAGE_ROOM);
    descriptor = -1;
    mapped = NULL;
    *file = '\0';
}

void channel_count(struct control_page *page)
{
    if (page)
        atomic_store(&page->snapshots, snapshot_count());
}

/* Untrusted text: any process that can open the file may have written it. */
static void copy_text(char *to, const char *from, size_t size)
{
    memcpy(to, from, size - 1);
    to[size - 1] = '\0';
}

/* Before the collection that the request asks for, or that its asker will have done. */
static void count_before(uint32_t asked, uint32_t flags)
{
    if (counted == asked)
        return; /* while the runtimes collect */
    counted = asked;
    if (flags & PROTOCOL_COLLECTED)
        return;
    if (flags & (PROTOCOL_GC | PROTOCOL_TALLY))
        before_take();
    else
        before_drop();
}

static void take_as_asked(const struct control_page *page, uint32_t flags,
                          struct snapshot_answer *answer)
{
    static struct snapshot_request request;
    request = (struct snapshot_request){.reason = REASON_REQUEST,
                                        .blocks = (flags & PROTOCOL_BLOCKS) != 0,
                                        .collected = before_is_known(),
                                        .has_operations = (flags & PROTOCOL_OPERATIONS) != 0,
                                        .operations = page->operations};
    copy_text(request.label, page->label, sizeof request.label);
    copy_text(request.path, page->path, sizeof request.path);
    snapshot_take(&request, answer);
    if (!answer->error) /* else the asker may name another place */
        before_drop();
}

bool channel_serve(struct control_page *page)
{
    static struct snapshot_answer answer;
    static char note[sizeof answer.text];
    uint32_t asked = atomic_load_explicit(&page->asked, memory_order_acquire);
    if (asked == atomic_load_explicit(&page->answered, memory_order_relaxed))
        return false;
    uint32_t flags = page->flags;
    bool collect = (flags & PROTOCOL_GC) != 0, only_count = (flags & PROTOCOL_TALLY) != 0;
    count_before(asked, flags);
    if (!only_count && !runtime_settled(RUNTIME_FOR_ASKER, collect))
        return false; /* rung again when it is */
    answer = (struct snapshot_answer){.error = flags & PROTOCOL_CANCELLED ? ECANCELED : 0};
    if (!answer.error && collect)
        answer.error = runtime_outcome(note, sizeof note);
    if (answer.error)
        memcpy(answer.text, note, sizeof note);
    else if (!only_count)
        take_as_asked(page, flags, &answer);
    if (!answer.error && collect)
        memcpy(answer.text, note, sizeof note);
    runtime_over(RUNTIME_FOR_ASKER);
    page->error = answer.error;
    memcpy(page->answer_path, answer.path, sizeof page->answer_path);
    memcpy(page->answer_text, answer.text, sizeof page->answer_text);
    channel_count(page);
    atomic_store_explicit(&page->answered, asked, memory_order_release);
    syscall(SYS_futex, &page->answered, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    return true;
}
