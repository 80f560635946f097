/* answers.c -- What the allocator's functions answer in their corner cases, and what they do to
 * errno.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <malloc.h>

static volatile size_t huge = SIZE_MAX, most = PTRDIFF_MAX;

static void say(const char *what, const void *block)
{
    printf("%s: %s, errno %d\n", what, block ? "block" : "NULL", errno);
    errno = 7;
}

int main(void)
{
    void *block = NULL, *volatile kept = malloc(100);
    errno = 7;
    say("malloc 0", malloc(0));
    say("malloc huge", malloc(huge));
    say("malloc most", malloc(most));
    say("calloc overflow", calloc(huge / 2, 3));
    say("calloc 0", calloc(0, 3));
    say("realloc huge", realloc(kept, most));
    say("realloc NULL", realloc(NULL, 10));
    say("realloc 0", realloc(malloc(10), 0));
    say("reallocarray overflow", reallocarray(NULL, huge / 2, 3));
    say("memalign odd", memalign(48, 10));
    say("memalign huge", memalign(64, most));
    say("aligned_alloc odd", aligned_alloc(48, 100));
    printf("posix_memalign odd: %d %d\n", posix_memalign(&block, 3, 10), errno);
    printf("posix_memalign huge: %d %d\n", posix_memalign(&block, 64, most), errno);
    say("valloc", valloc(0));
    say("pvalloc", pvalloc(10));
    free(kept);
    say("free keeps errno", NULL);
    printf("usable %zu %zu %zu\n", malloc_usable_size(malloc(1)), malloc_usable_size(malloc(1000)),
           malloc_usable_size(malloc(300000)));
    printf("trim %d, mallopt %d\n", malloc_trim(0) >= 0, mallopt(M_ARENA_MAX, 2));
    /* cppcheck-suppress invalidFunctionArg ; a call that is refused is what is asked for */
    printf("mmap: %d %d\n", mmap(NULL, 0, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED,
           errno);
    printf("munmap: %d %d\n", munmap((void *)1, 1), errno);
    printf("brk: %d\n", brk((void *)1));
    struct mallinfo2 info = mallinfo2();
    printf("mallinfo: %d\n", info.uordblks > 0);
    return 0;
}
