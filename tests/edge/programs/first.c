/* first.c -- A library whose constructor runs before all others' and calls the function it is told
 * to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <dlfcn.h>
#include <malloc.h>
#include <sched.h>
#include <sys/shm.h>

static void *run(void *unused)
{
    churn(20);
    return unused;
}

static void attach(void)
{
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    void *there = shmat(id, NULL, 0);
    shmdt(there);
    shmctl(id, IPC_RMID, NULL);
}

static void child(pid_t pid)
{
    if (pid == 0)
        _exit(3);
    must(ending(pid) == 3);
}

static void memory(const char *what)
{
    void *block = NULL;
    if (is(what, "sbrk"))
        must(sbrk(0) != (void *)-1);
    if (is(what, "brk"))
        must(brk(sbrk(0)) == 0);
    if (is(what, "shm"))
        attach();
    if (is(what, "mmap"))
        munmap(mremap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096, 8192,
                      MREMAP_MAYMOVE),
               8192);
    if (is(what, "reallocarray"))
        free(reallocarray(NULL, 10, 10));
    if (is(what, "memalign"))
        free(memalign(64, 100)), free(valloc(100)), free(pvalloc(100));
    if (is(what, "aligned"))
        free(aligned_alloc(64, 128));
    if (is(what, "posix"))
        must(posix_memalign(&block, 64, 100) == 0);
    free(block);
    if (is(what, "usable"))
        must(malloc_usable_size(NULL) == 0);
    if (is(what, "malloc"))
        churn(100);
    if (is(what, "free"))
        free(NULL);
}

__attribute__((constructor)) static void begin(void)
{
    const char *what = getenv("EDGE_FIRST");
    memory(what);
    if (is(what, "dl"))
        dlclose(dlopen("libc.so.6", RTLD_NOW));
    if (is(what, "fork"))
        child(fork());
    if (is(what, "_Fork"))
        child(_Fork());
    if (is(what, "vfork"))
        child(vfork());
    if (is(what, "system"))
        must(system("true") == 0);
    if (is(what, "thread"))
        pthread_join(started(run, NULL), NULL);
    if (is(what, "exit"))
        exit(4);
    if (is(what, "_exit"))
        _exit(5);
    if (is(what, "exec"))
        execl("/bin/true", "true", NULL);
    if (is(what, "setuid"))
        must(setuid(65534) == 0);
    if (is(what, "unshare"))
        must(unshare(0) == 0);
}
