/* snapshots.h -- The snapshots of a comparison in order of time: files, or stores in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_COMPARE_SNAPSHOTS_H
#define ANALYZER_COMPARE_SNAPSHOTS_H

#include "compare/lives.h"
#include "store/store.h"

struct snapshots {
    size_t count;
    struct store **stores;     /* those of files hold facts alone until they are loaded */
    bool is_borrowed;          /* the stores belong to the caller, who has loaded them */
    bool was_sorted;           /* they were given in order of time */
    size_t copies;             /* left out, as each holds the same snapshot as another one */
    const struct lives *lives; /* with their program: each store is of several processes; NULL */
    const struct program *program;
};

/* Of COUNT >= 1 files. False with ERROR filled when the facts of one cannot be read. */
bool snapshots_of_files(struct snapshots *snapshots, const char *const *paths, size_t count,
                        struct error *error);

/* Of COUNT >= 1 stores that store_open made and that outlive SNAPSHOTS. */
void snapshots_of_stores(struct snapshots *snapshots, struct store *const *stores, size_t count);

/* The moments of a program that has two or more: each is the sum of its lives. LIVES is borrowed.
 * False with ERROR filled when the facts of a file cannot be read. */
bool snapshots_of_lives(struct snapshots *snapshots, const struct lives *lives,
                        const struct program *program, struct error *error);

void snapshots_done(struct snapshots *snapshots);

/* Loads the whole of a snapshot. False with ERROR filled when it cannot be read. */
bool snapshots_load(struct snapshots *snapshots, size_t index, struct error *error);

/* Loads a snapshot between the first and the last, which has been loaded; see store_open_between.
 */
bool snapshots_load_between(struct snapshots *snapshots, size_t index, struct error *error);

/* Gives back the rows of a snapshot between, so that a long series costs little more memory than
 * two snapshots. */
void snapshots_trim(struct snapshots *snapshots, size_t index);

/* Seconds since the first snapshot, strictly rising; where clocks say otherwise, 0, 1, 2, …. */
void snapshots_times(const struct snapshots *snapshots, double *x);

#endif
