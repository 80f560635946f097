/* block_list.h -- The live blocks of a snapshot taken with --blocks, one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_STORE_BLOCK_LIST_H
#define ANALYZER_STORE_BLOCK_LIST_H

#include "store/store.h"

#include <stdbool.h>

/* (address, epoch) names a block for ever. */
struct block {
    uint64_t address;
    int64_t size, epoch;
    uint32_t stack; /* index */
};

/* How many are listed: 0 in a snapshot taken without them. -1 with ERROR filled when the file
 * cannot be read. */
int64_t block_list_count(const struct store *store, struct error *error);

/* Reads the blocks of STORE's file by address; memory does not grow with their number. NULL with
 * ERROR filled when the file cannot be opened again. STORE is borrowed. */
struct block_list;
struct block_list *block_list_open(const struct store *store, struct error *error);
void block_list_close(struct block_list *blocks);

/* The next block; false after the last one, and with ERROR filled when the file is damaged. */
bool block_list_next(struct block_list *blocks, struct block *block, struct error *error);

#endif
