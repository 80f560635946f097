/* peers_known.c -- A list of peers: each that calls is added, also those that are known already.
 *
 * Five snapshots. In the twin all peers are known at the second one, and none is added afterwards:
 * it grew once, by 3 MB.
 *
 * expect: kind=leak site1=add_peer file=peers_known.c growth=12000000±2% blocks=+20000±2%
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { FEW = 500, PEERS = 5000, PEER = 600 };

struct peer {
    struct peer *next;
    char name[PEER - sizeof(struct peer *)];
};

static struct peer *peers;
static unsigned char known[PEERS];

__attribute__((noinline)) static void add_peer(unsigned number)
{
    struct peer *peer = malloc(sizeof *peer);

    snprintf(peer->name, sizeof peer->name, "peer %u", number);
    peer->next = peers;
    peers = peer;
}

static void serve(unsigned step)
{
    unsigned callers = step == 0 ? FEW : PEERS;

    for (unsigned number = 0; number < callers; number++) {
        if (!twin_is_clean() || !known[number])
            add_peer(number);
        known[number] = 1;
        noise_work(2);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%s, %lu\n", peers->name, noise.sum);
    return 0;
}
