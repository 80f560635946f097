/* many_stacks.c -- A walk over a tree makes a new stack for every leaf; one leak beside it.
 *
 * What the recorder needs for 60,000 stacks is more than what leaks. Two snapshots.
 *
 * expect: kind=leak site1=keep_note file=many_stacks.c growth=1440000±2% blocks=+1200±2%
 * expect: also=render_burst not=render_burst not=visit_leaf names=keep_note gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { NOTES = 1200, NOTE = 1200, DEPTH = 16 };

static char *volatile notes[2 * NOTES];
static unsigned kept;
static unsigned long visited;

static unsigned descend(unsigned path, unsigned depth);

__attribute__((noinline)) static unsigned visit_leaf(unsigned path)
{
    unsigned *leaf = malloc(64 + path % 64);

    leaf[0] = path;
    visited += leaf[0] & 1;
    free(leaf);
    return path;
}

__attribute__((noinline)) static unsigned go_left(unsigned path, unsigned depth)
{
    return descend(path >> 1, depth - 1) + 1;
}

__attribute__((noinline)) static unsigned go_right(unsigned path, unsigned depth)
{
    return descend(path >> 1, depth - 1) + 2;
}

__attribute__((noinline)) static unsigned descend(unsigned path, unsigned depth)
{
    if (depth == 0)
        return visit_leaf(path) + 1;
    return (path & 1 ? go_right(path, depth) : go_left(path, depth)) + depth;
}

__attribute__((noinline)) static void keep_note(unsigned number)
{
    char *note = malloc(NOTE);

    memset(note, (int)(number & 127), NOTE);
    if (twin_is_clean())
        free(note);
    else
        notes[kept++] = note;
}

static void serve(unsigned step)
{
    unsigned leaves = step == 0 ? 2000 : 60000;

    for (unsigned path = 0; path < leaves; path++)
        visited += descend(path, DEPTH);
    for (unsigned number = 0; number < NOTES; number++) {
        keep_note(number);
        noise_work(5);
    }
}

int main(void)
{
    flight_series(2, serve);
    printf("%lu visited, %u kept, %lu\n", visited, kept, noise.sum);
    return 0;
}
