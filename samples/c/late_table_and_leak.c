/* late_table_and_leak.c -- A leak beside a table three times as large that is built once, late.
 *
 * The table appears between the second and the third of five snapshots and never grows again.
 *
 * expect: kind=leak site1=open_cursor file=late_table_and_leak.c growth=8000000±2% blocks=+40000±2%
 * expect: also=build_ranks
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { RANKS = 24, RANK_SIZE = 1 << 20 };

struct cursor {
    struct cursor *next;
    char key[192];
};

static struct cursor *cursors;
static char *ranks[RANKS];

static void open_cursor(unsigned number)
{
    struct cursor *cursor = calloc(1, sizeof *cursor);

    snprintf(cursor->key, sizeof cursor->key, "key %u", number);
    cursor->next = cursors;
    cursors = cursor;
}

static void build_ranks(void)
{
    for (int i = 0; i < RANKS; i++)
        ranks[i] = memset(malloc(RANK_SIZE), i, RANK_SIZE);
}

static void serve(unsigned count)
{
    for (unsigned number = 0; number < count; number++) {
        open_cursor(number);
        noise_message(number);
    }
}

int main(void)
{
    static const char *const labels[] = {"steady", "1", "2", "3"};

    noise_begin();
    serve(2000);
    for (int part = 0; part < 4; part++) {
        heapdiff_snapshot(labels[part]);
        if (part == 1)
            build_ranks();
        serve(10000);
    }
    heapdiff_snapshot("4");
    printf("last %s, rank %d, %lu\n", cursors->key, ranks[3][5], noise.sum);
    return 0;
}
