/* mappings.c -- A program that takes memory from the kernel in every way, and says what should be
 * known then. Compiled as calls.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "hooks/site.h"

#define PAGE ((size_t)4096)

static char *pages(size_t count)
{
    return mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* As pages(), but a call of its own, so that its stack is too. */
#define PAGES(count)                                                                               \
    mmap(NULL, (count)*PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)

static void mapped(void)
{
    char *start = PAGES(121);
    same_errno("mmap");
    same("zero", start[0]);
    site_live("mmap", "mmap", 121 * PAGE);
    start = mmap64(NULL, 125 * PAGE - 7, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    same_errno("mmap64");
    site("mmap64", "mmap", 1, 125 * PAGE - 7, 1, 125 * PAGE);
    same("nothing", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    errno = SITE_ERRNO;
}

static void unmapped(void)
{
    munmap(PAGES(127), 127 * PAGE);
    same_errno("munmap");
    site_freed("munmap", "mmap", 127 * PAGE);
    char *start = PAGES(129);
    munmap(start + 50 * PAGE, 4 * PAGE);
    site("munmap of the middle", "mmap", 2, 129 * PAGE, 2, 125 * PAGE); /* as if made in two */
    start = PAGES(131);
    same("munmap that fails", munmap(start + 1, PAGE) == -1 && errno == EINVAL);
    site_live("munmap that fails", "mmap", 131 * PAGE);
    errno = SITE_ERRNO;
}

static void moved(void)
{
    char *start = PAGES(133);
    start[0] = 7;
    start = mremap(start, 133 * PAGE, 240 * PAGE, MREMAP_MAYMOVE);
    same_errno("mremap");
    same("content", start[0]);
    site_freed("mremap, before", "mmap", 133 * PAGE);
    site_live("mremap, after", "mmap", 240 * PAGE);
    start = PAGES(135);
    same("too big", mremap(start, 135 * PAGE, (size_t)1 << 60, MREMAP_MAYMOVE) == MAP_FAILED);
    site_live("mremap that fails", "mmap", 135 * PAGE);
    errno = SITE_ERRNO;
    start = PAGES(137);
    char *target = pages(139);
    start = mremap(start, 137 * PAGE, 139 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    same("fixed", start == target);
    site_freed("mremap to a place, before", "mmap", 137 * PAGE);
    site("mremap to a place", "mmap", 1, 139 * PAGE, 1, 139 * PAGE);
}

/* A reservation costs what is in it. */
static void reserved(void)
{
    char *start = mmap(NULL, 4096 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(start, 100 * PAGE, PROT_READ | PROT_WRITE);
    madvise(start, 100 * PAGE, MADV_NOHUGEPAGE);
    for (unsigned i = 0; i < 43; i++)
        start[i * PAGE] = 1;
    site("reservation", "mmap", 1, 0, 1, 43 * PAGE);
}

static void named(void)
{
    int fd = memfd_create("program", MFD_CLOEXEC);
    same("ftruncate", ftruncate(fd, 141 * PAGE));
    mmap(NULL, 141 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    site_live("memfd", "mmap", 141 * PAGE);
}

static void segments(void)
{
    int kept = shmget(IPC_PRIVATE, 143 * PAGE, IPC_CREAT | 0600);
    int left = shmget(IPC_PRIVATE, 145 * PAGE, IPC_CREAT | 0600);
    same("shmat", shmat(kept, NULL, 0) != (void *)-1);
    site_live("shmat", "shm", 143 * PAGE);
    same("shmdt", shmdt(shmat(left, NULL, 0)));
    site_freed("shmdt", "shm", 145 * PAGE);
    shmctl(kept, IPC_RMID, NULL);
    shmctl(left, IPC_RMID, NULL);
    same_errno("segments");
}

static void the_break(void)
{
    same("sbrk", sbrk(410001) != (void *)-1);
    same_errno("sbrk");
    same("back", sbrk(430003) != (void *)-1 && sbrk(-430003) != (void *)-1);
    same("brk", brk((char *)sbrk(0) + 450005));
    same_errno("brk");
    site_live("sbrk", "brk", 410001);
    site_freed("sbrk back", "brk", 430003);
    site_live("brk", "brk", 450005);
}

int main(void)
{
    char buffer[BUFSIZ];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer); /* malloc must not move the break meanwhile */
    errno = SITE_ERRNO;
    the_break();
    mapped();
    unmapped();
    moved();
    reserved();
    named();
    segments();
    fflush(stdout);
    setvbuf(stdout, NULL, _IONBF, 0);
    return 0;
}
