/* mapped_pool.c -- A pool of slots that maps its slabs itself and tells heapdiff of each slot.
 *
 * The pool's slabs hold everybody's slots; only open_session's are never given back. The slabs are
 * the pool's, so they are not a site of their own.
 *
 * expect: kind=leak site1=open_session|pool_take via=open_session file=mapped_pool.c
 * expect: growth=10240000±2% blocks=+40000±2% absent=begin_request absent=add_slab
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <sys/mman.h>

enum { SLOT = 256, SLAB_SLOTS = 512 };

union slot {
    union slot *next;
    char bytes[SLOT];
};

static union slot *free_slots;

static void add_slab(void)
{
    union slot *slab = mmap(NULL, SLAB_SLOTS * sizeof *slab, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (slab == MAP_FAILED)
        abort();
    for (int i = 0; i < SLAB_SLOTS; i++) {
        slab[i].next = free_slots;
        free_slots = &slab[i];
    }
}

__attribute__((noinline)) static void *pool_take(void)
{
    union slot *slot;

    if (!free_slots)
        add_slab();
    slot = free_slots;
    free_slots = slot->next;
    heapdiff_alloc("slots", slot, sizeof *slot);
    return slot;
}

static void pool_give(void *memory)
{
    union slot *slot = memory;

    heapdiff_free("slots", slot);
    slot->next = free_slots;
    free_slots = slot;
}

__attribute__((noinline)) static unsigned begin_request(unsigned number)
{
    char *request = pool_take();
    unsigned length = (unsigned)snprintf(request, SLOT, "request %u", number);

    pool_give(request);
    return length;
}

__attribute__((noinline)) static void open_session(unsigned number)
{
    memset(pool_take(), (int)(number & 127), SLOT);
}

static unsigned serve(unsigned count)
{
    unsigned length = 0;

    for (unsigned number = 0; number < count; number++) {
        length += begin_request(number);
        open_session(number);
        noise_message(number);
    }
    return length;
}

int main(void)
{
    unsigned length;

    noise_begin();
    length = serve(2000);
    heapdiff_snapshot("steady");
    length += serve(40000);
    heapdiff_snapshot("loaded");
    printf("%u, %lu\n", length, noise.sum);
    return 0;
}
