/* sort.c -- Sorting without memory: libc's qsort takes some from the program's heap.
 *
 * Quicksort by the median of three, insertion sort for short parts, and heap sort when the
 * quicksort has gone too deep (Musser, "Introspective Sorting and Selection Algorithms").
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/sort.h"

#include <string.h>

#define SMALL 12

struct order {
    size_t size;
    int (*compare)(const void *, const void *);
};

static void sort_swap(const struct order *order, char *a, char *b)
{
    char kept[SORT_ELEMENT_MAX];
    memcpy(kept, a, order->size);
    memcpy(a, b, order->size);
    memcpy(b, kept, order->size);
}

static void insertion_sort(const struct order *order, char *array, size_t count)
{
    size_t size = order->size;
    char kept[SORT_ELEMENT_MAX];
    for (size_t i = 1; i < count; i++) {
        char *at = array + i * size;
        memcpy(kept, at, size);
        for (; at > array && order->compare(at - size, kept) > 0; at -= size)
            memcpy(at, at - size, size);
        memcpy(at, kept, size);
    }
}

static void sift_down(const struct order *order, char *array, size_t root, size_t count)
{
    size_t size = order->size;
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count &&
            order->compare(array + child * size, array + (child + 1) * size) < 0)
            child++;
        if (order->compare(array + root * size, array + child * size) >= 0)
            return;
        sort_swap(order, array + root * size, array + child * size);
    }
}

static void heap_sort(const struct order *order, char *array, size_t count)
{
    for (size_t root = count / 2; root-- > 0;)
        sift_down(order, array, root, count);
    for (size_t last = count; last-- > 1;) {
        sort_swap(order, array, array + last * order->size);
        sift_down(order, array, 0, last);
    }
}

/* Puts the median of first, middle and last into the middle, which it returns. */
static char *sort_median(const struct order *order, char *first, char *middle, char *last)
{
    if (order->compare(first, middle) > 0)
        sort_swap(order, first, middle);
    if (order->compare(middle, last) > 0)
        sort_swap(order, middle, last);
    if (order->compare(first, middle) > 0)
        sort_swap(order, first, middle);
    return middle;
}

/* Hoare's partition: elements left of the result are not above those right of it. */
static size_t sort_partition(const struct order *order, char *array, size_t count)
{
    char pivot[SORT_ELEMENT_MAX];
    char *left = array, *right = array + (count - 1) * order->size;
    memcpy(pivot, sort_median(order, left, array + count / 2 * order->size, right), order->size);
    for (;; left += order->size, right -= order->size) {
        while (order->compare(left, pivot) < 0)
            left += order->size;
        while (order->compare(right, pivot) > 0)
            right -= order->size;
        if (left >= right)
            return (size_t)(right - array) / order->size + 1;
        sort_swap(order, left, right);
    }
}

static void sort_part(const struct order *order, char *array, size_t count, unsigned depth)
{
    while (count > SMALL) {
        if (depth-- == 0) {
            heap_sort(order, array, count);
            return;
        }
        size_t left = sort_partition(order, array, count);
        char *right = array + left * order->size;
        if (left < count - left) { /* the smaller part by recursion: the stack stays shallow */
            sort_part(order, array, left, depth);
            array = right;
            count -= left;
        } else {
            sort_part(order, right, count - left, depth);
            count = left;
        }
    }
    insertion_sort(order, array, count);
}

void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    struct order order = {size, compare};
    unsigned depth = 2;
    for (size_t left = count; left; left >>= 1)
        depth += 2;
    sort_part(&order, array, count, depth);
}
