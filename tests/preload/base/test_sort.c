/* test_sort.c -- Sorting without memory gives what qsort gives, whatever the order was.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "random.h"
#include "test.h"

#define MOST 5000

struct element {
    uint64_t key;
    char rest[SORT_ELEMENT_MAX - sizeof(uint64_t)]; /* must travel with its key */
};

static unsigned long comparisons;

static int by_key(const void *a, const void *b)
{
    const struct element *x = a, *y = b;
    comparisons++;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* Keys of some shape: random, few different, rising, falling, two runs. */
static uint64_t key_of(unsigned shape, unsigned i, unsigned count, uint64_t random)
{
    const uint64_t keys[] = {random, random % 4, i, count - i, i < count / 2 ? i : count - i};
    return keys[shape];
}

static void check(unsigned shape, unsigned count, uint64_t *random)
{
    static struct element sorted[MOST], expected[MOST];
    for (unsigned i = 0; i < count; i++) {
        sorted[i].key = key_of(shape, i, count, random_next(random));
        memset(sorted[i].rest, (int)(sorted[i].key % 251), sizeof sorted[i].rest);
    }
    memcpy(expected, sorted, count * sizeof *sorted);
    qsort(expected, count, sizeof *expected, by_key);
    comparisons = 0;
    sort(sorted, count, sizeof *sorted, by_key);
    assert_memory_equal(sorted, expected, (count + !count) * sizeof *sorted);
    assert_true(comparisons <= 4ul * count * 14 + 100); /* far from MOST squared */
}

static void every_shape_is_sorted_with_few_comparisons(void **state)
{
    uint64_t random = 1;
    const unsigned counts[] = {0, 1, 2, 3, 12, 13, 14, 100, 1000, MOST};
    for (unsigned shape = 0; shape < 5; shape++)
        for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++)
            check(shape, counts[i], &random);
}

/* McIlroy's adversary ("A Killer Adversary for Quicksort"): decides what is smaller as it is
 * asked, so that every pivot is a bad one. */
static unsigned values[MOST], frozen, candidate;

static int adversary(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    comparisons++;
    if (values[x] == MOST && values[y] == MOST)
        values[x == candidate ? x : y] = frozen++;
    if (values[x] == MOST)
        candidate = x;
    else if (values[y] == MOST)
        candidate = y;
    return values[x] < values[y] ? -1 : values[x] > values[y];
}

static void an_adversary_cannot_make_it_slow(void **state)
{
    static unsigned order[MOST];
    for (unsigned i = 0; i < MOST; i++) {
        order[i] = i;
        values[i] = MOST;
    }
    comparisons = 0;
    sort(order, MOST, sizeof *order, adversary);
    assert_true(comparisons < 500000); /* of 25 million */
    for (unsigned i = 1; i < MOST; i++)
        assert_true(values[order[i - 1]] <= values[order[i]]);
}

TEST_MAIN(cmocka_unit_test(every_shape_is_sorted_with_few_comparisons),
          cmocka_unit_test(an_adversary_cannot_make_it_slow))
