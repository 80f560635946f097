/* many_stacks.c -- As many blocks as before, but each from a stack of its own; and one leak.
 *
 * 40,000 leaves of a tree are made anew on 40,000 ways. The recorder grows with the ways, by more
 * than what leaks. Two snapshots.
 *
 * expect: kind=leak site1=keep_note file=many_stacks.c growth=1440000±2% blocks=+1200±2%
 * expect: also=render_burst also=visit_leaf not=render_burst not=visit_leaf names=keep_note
 * expect: gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

enum { NOTES = 1200, NOTE = 1200, DEPTH = 16, LEAVES = 40000 };

static char *volatile notes[2 * NOTES];
static unsigned *leaves[LEAVES], leaf;
static unsigned kept;
static unsigned long visited;

static unsigned descend(unsigned path, unsigned depth);

__attribute__((noinline)) static unsigned visit_leaf(unsigned path)
{
    unsigned *made = malloc(80);

    made[0] = path;
    visited += made[0] & 1;
    free(leaves[leaf]);
    leaves[leaf++] = made;
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
    leaf = 0;
    for (unsigned path = 0; path < LEAVES; path++)
        visited += descend(step == 0 ? 0x5a5a : path, DEPTH);
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
