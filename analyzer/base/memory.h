/* memory.h -- Memory for a program that runs once: checked allocation, pools, growing arrays.
 *
 * Nothing here returns NULL: without memory the program ends, as no caller could go on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ANALYZER_BASE_MEMORY_H
#define ANALYZER_BASE_MEMORY_H

#include <stddef.h>

void *memory_zeroed(size_t count, size_t size);
void *memory_resize(void *block, size_t count, size_t size);

/* A pool frees all that was allocated from it at once: rows, names and frames live and die with
 * the snapshot or the cache that they belong to. */
struct pool;
struct pool *pool_new(void);
void pool_free(struct pool *pool);
void *pool_zeroed(struct pool *pool, size_t size);
char *pool_text(struct pool *pool, const char *text);
char *pool_text_n(struct pool *pool, const char *text, size_t length);
char *pool_format(struct pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A growing array of TYPE: zero-initialise it, add with VEC_ADD, free with VEC_DONE. */
#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }
#define VEC_ADD(vec, item)                                                                         \
    do {                                                                                           \
        if ((vec)->count == (vec)->capacity) {                                                     \
            (vec)->capacity = (vec)->capacity ? (vec)->capacity * 2 : 16;                          \
            (vec)->items = memory_resize((vec)->items, (vec)->capacity, sizeof *(vec)->items);     \
        }                                                                                          \
        (vec)->items[(vec)->count++] = (item);                                                     \
    } while (0)
#define VEC_DONE(vec) (free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->capacity = 0)

#endif
