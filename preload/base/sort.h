/* sort.h -- Sorting without memory: libc's qsort takes some from the program's heap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>

#define SORT_ELEMENT_MAX 128 /* bytes */

/* As qsort, for elements of at most SORT_ELEMENT_MAX bytes. Not stable. O(n log n) whatever the
 * order; takes no lock and allocates nothing. */
void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *));

#endif
