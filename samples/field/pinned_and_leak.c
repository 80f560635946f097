/* pinned_and_leak.c -- Fragmentation: one block of eight stays and pins a page; a leak beside it.
 *
 * The pinning blocks are as many at both snapshots; only their neighbours came and went.
 *
 * expect: kind=leak site1=open_handle file=pinned_and_leak.c growth=2400000±2% blocks=+4000±2%
 * expect: also=render_burst not=render_burst not=make_piece gate=exceeded
 * twin: clean
 * expect-clean: kind=retention|none not=make_piece not=open_handle gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { PIECES = 80000, PIECE = 300, EVERY = 8, HANDLES = 4000, HANDLE = 600 };

struct handle {
    struct handle *next;
    char state[HANDLE - sizeof(struct handle *)];
};

static struct handle *handles;
static char *pieces[PIECES];

__attribute__((noinline)) static void open_handle(unsigned number)
{
    struct handle *handle = malloc(sizeof *handle);

    memset(handle->state, (int)(number & 127), sizeof handle->state);
    handle->next = handles;
    handles = handle;
    if (twin_is_clean()) {
        handles = handle->next;
        free(handle);
    }
}

static char *make_piece(unsigned number)
{
    char *piece = malloc(PIECE);

    memset(piece, (int)(number & 127), PIECE);
    return piece;
}

static void drop_pieces(unsigned first, unsigned every)
{
    for (unsigned i = first; i < PIECES; i += every) {
        free(pieces[i]);
        pieces[i] = NULL;
    }
}

/* At the warm-up the blocks that stay are made alone; afterwards among all the others. */
static void shuffle_pieces(unsigned step)
{
    for (unsigned i = 0; i < PIECES; i++)
        if (step != 0 && i % EVERY != 0)
            pieces[i] = make_piece(i);
    drop_pieces(0, EVERY);
    for (unsigned i = 0; i < PIECES; i += EVERY)
        pieces[i] = make_piece(i);
    if (step != 0)
        for (unsigned first = 1; first < EVERY; first++)
            drop_pieces(first, EVERY);
}

static void serve(unsigned step)
{
    shuffle_pieces(step);
    for (unsigned number = 0; number < HANDLES; number++) {
        open_handle(number);
        noise_work(1);
    }
}

int main(void)
{
    flight_series(2, serve);
    printf("%d, %lu\n", pieces[0][1], noise.sum);
    return 0;
}
