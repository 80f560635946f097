/* own_allocator.c -- A program that brings its own malloc, as one with a static jemalloc does.
 *
 * Its first malloc initialises under a lock that is not recursive, and asks the kernel for memory
 * meanwhile: whoever allocates inside that mmap waits for ever. Prints "done".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM ((size_t)64 << 20)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *room;
static size_t used;

void *malloc(size_t size)
{
    pthread_mutex_lock(&lock);
    if (!room) {
        sbrk(4096);
        room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    size = ((size + 15) & ~(size_t)15) + 16;
    char *block = used + size <= ROOM ? room + used : NULL;
    used += block ? size : 0;
    pthread_mutex_unlock(&lock);
    if (block)
        *(size_t *)(void *)block = size - 16;
    return block ? block + 16 : NULL;
}

void free(void *block)
{
    (void)block;
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size); /* fresh memory is zero */
}

void *realloc(void *block, size_t size)
{
    void *moved = malloc(size);
    if (block && moved) {
        size_t old = ((size_t *)block)[-2];
        memcpy(moved, block, old < size ? old : size);
    }
    return moved;
}

int main(void)
{
    char *text = strdup("done");
    puts(text);
    free(text);
    return 0;
}
