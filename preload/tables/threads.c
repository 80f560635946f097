/* threads.c -- The recorded threads by number, and their names (HEAPDIFF_THREADS=1).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables/threads.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sandbox.h"

struct row {
    atomic_int tid; /* 0: has ended */
    atomic_uint_fast64_t name[THREADS_NAME_SIZE / 8];
};

static _Atomic(struct row *) rows; /* by number - 1; mapped at the first thread */
static atomic_uint begun;

static struct row *make_rows(void)
{
    struct row *known = atomic_load_explicit(&rows, memory_order_acquire), *none = NULL;
    if (known)
        return known;
    struct row *fresh = memory_map(THREADS_MOST * sizeof *fresh);
    if (!fresh || atomic_compare_exchange_strong(&rows, &none, fresh))
        return fresh;
    memory_unmap(fresh, THREADS_MOST * sizeof *fresh);
    return none;
}

static struct row *row_of(uint16_t number)
{
    struct row *all = atomic_load_explicit(&rows, memory_order_acquire);
    return all && number >= 1 && number <= THREADS_MOST ? &all[number - 1] : NULL;
}

static void set_name(struct row *row, const char name[THREADS_NAME_SIZE])
{
    for (unsigned i = 0; i < THREADS_NAME_SIZE / 8; i++) {
        uint64_t word;
        memcpy(&word, name + (size_t)8 * i, sizeof word);
        atomic_store_explicit(&row->name[i], word, memory_order_relaxed);
    }
}

static void set_own_name(struct row *row)
{
    char name[THREADS_NAME_SIZE + 1] = "";
    if (!sandbox_enter())
        return;
    if (prctl(PR_GET_NAME, name) == 0)
        set_name(row, name);
    sandbox_leave();
}

uint16_t threads_begin(void)
{
    unsigned number = atomic_load_explicit(&begun, memory_order_relaxed);
    if (sandbox_is_closed())
        return THREADS_MORE;
    struct row *all = make_rows();
    do {
        if (!all || number >= THREADS_MOST)
            return THREADS_MORE;
    } while (!atomic_compare_exchange_weak(&begun, &number, number + 1));
    set_own_name(&all[number]);
    atomic_store_explicit(&all[number].tid, gettid(), memory_order_release);
    return (uint16_t)(number + 1);
}

void threads_end(uint16_t number)
{
    struct row *row = row_of(number);
    if (!row)
        return;
    set_own_name(row);
    atomic_store_explicit(&row->tid, 0, memory_order_release);
}

void threads_forked(uint16_t number)
{
    for (unsigned i = 1; i <= threads_count(); i++) {
        struct row *row = row_of((uint16_t)i);
        atomic_store_explicit(&row->tid, i == number ? gettid() : 0, memory_order_relaxed);
    }
}

unsigned threads_count(void)
{
    return atomic_load_explicit(&begun, memory_order_acquire);
}

int threads_tid(uint16_t number)
{
    struct row *row = row_of(number);
    return row ? atomic_load_explicit(&row->tid, memory_order_acquire) : 0;
}

/* A thread that went without a word (by the bare system call) keeps its last name. */
void threads_learn(uint16_t number, int tid, const char *name)
{
    struct row *row = row_of(number);
    char padded[THREADS_NAME_SIZE] = "";
    if (row && name)
        memcpy(padded, name, strnlen(name, THREADS_NAME_SIZE - 1));
    if (row && name)
        set_name(row, padded);
    else if (row)
        atomic_compare_exchange_strong(&row->tid, &tid, 0);
}

void threads_name(uint16_t number, char name[THREADS_NAME_SIZE], bool *ended)
{
    struct row *row = row_of(number);
    uint64_t words[THREADS_NAME_SIZE / 8] = {0};
    *ended = row && atomic_load_explicit(&row->tid, memory_order_acquire) == 0;
    for (unsigned i = 0; row && i < THREADS_NAME_SIZE / 8; i++)
        words[i] = atomic_load_explicit(&row->name[i], memory_order_relaxed);
    memcpy(name, words, THREADS_NAME_SIZE);
    name[THREADS_NAME_SIZE - 1] = '\0';
}
