/* high_water_buffers.c -- Every connection's buffer grows to its largest message and never shrinks.
 *
 * The number of blocks stays the same; three snapshots.
 *
 * expect: kind=leak site1=reserve_input file=high_water_buffers.c growth=stdout±2% blocks=+0
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { CONNECTIONS = 2000 };

struct connection {
    char *input;
    size_t capacity;
};

static struct connection connections[CONNECTIONS];

static void reserve_input(struct connection *connection, size_t size)
{
    if (connection->capacity >= size)
        return;
    connection->input = realloc(connection->input, size);
    memset(connection->input, 'i', size);
    connection->capacity = size;
}

/* Most messages are short; now and then one is long, later ones longer. */
static void serve(unsigned messages, unsigned longest)
{
    for (unsigned number = 0; number < messages; number++) {
        unsigned is_long = noise_random(20) == 0;
        reserve_input(&connections[noise_random(CONNECTIONS)], is_long ? longest : 100);
        noise_message(number);
    }
}

static size_t total(void)
{
    size_t bytes = 0;

    for (int i = 0; i < CONNECTIONS; i++)
        bytes += connections[i].capacity;
    return bytes;
}

int main(void)
{
    size_t before;

    noise_begin();
    serve(30000, 400);
    before = total();
    heapdiff_snapshot("steady");
    serve(40000, 3000);
    heapdiff_snapshot("later");
    serve(40000, 8000);
    heapdiff_snapshot("loaded");
    printf("%c, %lu\ngrowth %zu\n", connections[0].input[9], noise.sum, total() - before);
    return 0;
}
