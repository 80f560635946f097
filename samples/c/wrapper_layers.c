/* wrapper_layers.c -- A leak behind two allocation functions of the program's own, which all use.
 *
 * expect: kind=leak site1=open_channel file=wrapper_layers.c growth=8000000±2% blocks=+40000±2%
 * expect: absent=read_packet absent=load_routes
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

struct channel {
    struct channel *next;
    char state[192];
};

static struct channel *channels;
static char *routes;

/* Names that no list of known wrappers has. */
__attribute__((noinline)) static void *storage_get(size_t size)
{
    void *memory = malloc(size);

    if (!memory)
        abort();
    return memory;
}

__attribute__((noinline)) static void *storage_get_clear(size_t size)
{
    return memset(storage_get(size), 0, size);
}

__attribute__((noinline)) static void load_routes(void)
{
    routes = storage_get_clear(4u << 20);
}

__attribute__((noinline)) static unsigned read_packet(unsigned number)
{
    unsigned *packet = storage_get_clear(64 + number % 1400);
    unsigned length = ++packet[number % 16];

    free(packet);
    return length;
}

__attribute__((noinline)) static void open_channel(unsigned number)
{
    struct channel *channel = storage_get_clear(sizeof *channel);

    channel->state[number % sizeof channel->state] = 1;
    channel->next = channels;
    channels = channel;
}

static unsigned serve(unsigned count)
{
    unsigned packets = 0;

    for (unsigned number = 0; number < count; number++) {
        open_channel(number);
        for (unsigned i = 0; i < 4; i++)
            packets += read_packet(number + i);
        noise_message(number);
    }
    return packets;
}

int main(void)
{
    unsigned packets;

    noise_begin();
    load_routes();
    packets = serve(2000);
    heapdiff_snapshot("steady");
    packets += serve(40000);
    heapdiff_snapshot("loaded");
    printf("%u packets, channel %p, %lu\n", packets, (void *)(size_t)(channels != NULL), noise.sum);
    return routes[7];
}
