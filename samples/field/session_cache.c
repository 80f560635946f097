/* session_cache.c -- A cache of sessions that drops its oldest, but never frees what it dropped.
 *
 * Five snapshots. The cache reaches its limit before the third; the twin frees and stays there.
 *
 * expect: kind=leak site1=new_session file=session_cache.c growth=7000000±2% blocks=+10000±2%
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { LIMIT = 6000, ARRIVALS = 2500, SESSION = 700 };

struct session {
    struct session *newer;
    char state[SESSION - sizeof(struct session *)];
};

static struct session *oldest, *newest;
static unsigned open_sessions;

__attribute__((noinline)) static struct session *new_session(unsigned number)
{
    struct session *session = malloc(sizeof *session);

    memset(session->state, (int)(number & 127), sizeof session->state);
    session->newer = NULL;
    return session;
}

static void drop_oldest(void)
{
    struct session *session = oldest;

    oldest = session->newer;
    open_sessions--;
    if (twin_is_clean())
        free(session);
}

static void arrive(unsigned number)
{
    struct session *session = new_session(number);

    if (oldest)
        newest->newer = session;
    else
        oldest = session;
    newest = session;
    if (++open_sessions > LIMIT)
        drop_oldest();
}

static void serve(unsigned step)
{
    for (unsigned number = 0; number < ARRIVALS; number++) {
        arrive(step + number);
        noise_work(4);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%u open, %d, %lu\n", open_sessions, newest->state[3], noise.sum);
    return 0;
}
