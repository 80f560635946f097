/* small_forever.c -- A few hundred small blocks, lost one by one for as long as the program runs.
 *
 * The cache beside it swings by megabytes. Five snapshots; 96 blocks are lost in each step.
 *
 * expect: kind=leak site1=add_alias file=small_forever.c growth=196608±2% blocks=+384±2%
 * expect: also=render_burst also=refill not=render_burst not=refill names=add_alias
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { ALIASES = 96, ALIAS = 512, PAGES = 400, PAGE = 8000 };

struct alias {
    struct alias *next;
    char name[ALIAS - sizeof(struct alias *)];
};

static struct alias *aliases;
static char *pages[PAGES];

__attribute__((noinline)) static void add_alias(unsigned number)
{
    struct alias *alias = malloc(sizeof *alias);

    snprintf(alias->name, sizeof alias->name, "alias %u", number);
    alias->next = aliases;
    aliases = alias;
}

static void drop_aliases(void)
{
    while (aliases) {
        struct alias *alias = aliases;
        aliases = alias->next;
        free(alias);
    }
}

/* A cache that is emptied and filled again, to another level each time. */
static void refill(unsigned step)
{
    unsigned level = step % 2 ? PAGES : PAGES / 2 + step * 10;

    for (unsigned i = 0; i < PAGES; i++) {
        free(pages[i]);
        pages[i] = i < level ? memset(malloc(PAGE), (int)(i & 127), PAGE) : NULL;
    }
}

static void serve(unsigned step)
{
    refill(step);
    if (twin_is_clean())
        drop_aliases();
    for (unsigned number = 0; number < ALIASES; number++) {
        add_alias(number);
        noise_work(30);
    }
}

int main(void)
{
    flight_series(5, serve);
    printf("%s, %lu\n", aliases->name, noise.sum);
    return 0;
}
