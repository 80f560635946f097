/* freed_on_most_paths.c -- One path of ten forgets to free what the other nine free.
 *
 * The same line allocates all payloads, so growth is a tenth of what it allocates.
 *
 * expect: kind=leak site1=make_payload file=freed_on_most_paths.c growth=8000000±2%
 * expect: blocks=+10000±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { PAYLOAD_SIZE = 800 };

struct item {
    char *payload;
    int is_expired;
};

static char *make_payload(unsigned number)
{
    return memset(malloc(PAYLOAD_SIZE), 'a' + (int)(number % 26), PAYLOAD_SIZE);
}

static struct item *make_item(unsigned number)
{
    struct item *item = malloc(sizeof *item);

    item->payload = make_payload(number);
    item->is_expired = number % 10 == 0;
    return item;
}

static void drop_item(struct item *item)
{
    if (!item->is_expired) /* the bug: expired items have a payload too */
        free(item->payload);
    free(item);
}

static unsigned serve(unsigned count)
{
    unsigned sum = 0;

    for (unsigned number = 0; number < count; number++) {
        struct item *item = make_item(number);
        sum += (unsigned char)item->payload[number % PAYLOAD_SIZE];
        drop_item(item);
        noise_message(number);
    }
    return sum;
}

int main(void)
{
    unsigned sum;

    noise_begin();
    sum = serve(10000);
    heapdiff_snapshot("steady");
    sum += serve(100000);
    heapdiff_snapshot("loaded");
    printf("sum %u, %lu\n", sum, noise.sum);
    return 0;
}
