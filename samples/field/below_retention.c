/* below_retention.c -- A steady leak of 1.6 MB while the allocator retains 60 MiB.
 *
 * Each step's peak is higher than the last; its summary, which lies behind it, keeps the
 * memory from going back. Five snapshots. The leak is a fortieth of what RSS grows by.
 *
 * expect: kind=leak site1=note_failure file=below_retention.c growth=1600000±2% blocks=+1600±2%
 * expect: also=render_burst not=render_burst not=build_report gate=exceeded
 * twin: clean
 * expect-clean: kind=retention not=build_report not=note_failure gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { ROWS = 15000, ROW = 1000, SUMMARY = 100000, FAILURES = 400, FAILURE = 1000 };

struct failure {
    struct failure *next;
    char text[FAILURE - sizeof(struct failure *)];
};

static struct failure *failures;
static char *rows[5 * ROWS], *summary;

__attribute__((noinline)) static void note_failure(unsigned number)
{
    struct failure *failure = malloc(sizeof *failure);

    snprintf(failure->text, sizeof failure->text, "failure %u", number);
    failure->next = failures;
    failures = failure;
}

__attribute__((noinline)) static void build_report(unsigned count)
{
    char *before = summary;

    for (unsigned i = 0; i < count; i++)
        rows[i] = memset(malloc(ROW), (int)(i & 127), ROW);
    summary = malloc(SUMMARY);
    snprintf(summary, SUMMARY, "%u rows", count);
    for (unsigned i = 0; i < count; i++)
        free(rows[i]);
    free(before);
}

static void serve(unsigned step)
{
    for (unsigned number = 0; number < FAILURES; number++) {
        if (!twin_is_clean())
            note_failure(number);
        noise_work(10);
    }
    build_report((step + 1) * ROWS);
}

int main(void)
{
    flight_series(5, serve);
    printf("%s, %d, %lu\n", summary, failures != NULL, noise.sum);
    return failures == NULL && !twin_is_clean();
}
