/* daily_wave.c -- Sessions come and go as in a day; the audit of them only grows.
 *
 * Seven snapshots: the sessions rise, fall and rise again, and are three times as many at the last
 * as at the first.
 *
 * expect: kind=leak site1=audit file=daily_wave.c growth=2880000±2% blocks=+3600±2%
 * expect: also=render_burst also=open_session not=open_session not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { MOST = 9000, SESSION = 1000, AUDITS = 600, AUDIT = 800 };

struct audit {
    struct audit *next;
    char text[AUDIT - sizeof(struct audit *)];
};

static const unsigned wave[] = {3000, 6000, 9000, 6000, 3000, 6000, 9000};
static char *sessions[MOST];
static struct audit *audits;

__attribute__((noinline)) static char *open_session(unsigned number)
{
    char *session = malloc(SESSION);

    memset(session, (int)(number & 127), SESSION);
    return session;
}

__attribute__((noinline)) static void audit(unsigned number)
{
    struct audit *entry = malloc(sizeof *entry);

    snprintf(entry->text, sizeof entry->text, "audit %u", number);
    entry->next = audits;
    audits = entry;
}

static void serve(unsigned step)
{
    for (unsigned i = 0; i < MOST; i++) {
        free(sessions[i]);
        sessions[i] = i < wave[step] ? open_session(i) : NULL;
    }
    for (unsigned i = 0; i < AUDITS; i++) {
        if (!twin_is_clean() || step == 0)
            audit(i);
        noise_work(5);
    }
}

int main(void)
{
    flight_series(7, serve);
    printf("%d, %s, %lu\n", sessions[0][1], audits->text, noise.sum);
    return 0;
}
