/* heapdiff.h -- Calls for programs: take snapshots, pause, report pools, labels and work done.
 *
 * No library has to be linked: the calls do nothing when the program does not run under
 * libheapdiff.so. C and C++; other languages find the functions of the same names without
 * "_call" through dlsym(RTLD_DEFAULT, "heapdiff_snapshot").
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HEAPDIFF_H
#define HEAPDIFF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(HEAPDIFF_IMPLEMENTATION)
#define HEAPDIFF_API __attribute__((visibility("default")))
#else
#define HEAPDIFF_API __attribute__((weak))
#endif

/* The functions themselves, absent (null) without the shim; call the macros below instead. */
HEAPDIFF_API int(heapdiff_snapshot)(const char *label);
HEAPDIFF_API void(heapdiff_pause)(void);
HEAPDIFF_API void(heapdiff_resume)(void);
HEAPDIFF_API void(heapdiff_alloc)(const char *pool, const void *ptr, size_t size);
HEAPDIFF_API void(heapdiff_free)(const char *pool, const void *ptr);
HEAPDIFF_API const char *(heapdiff_label)(const char *label);
HEAPDIFF_API void(heapdiff_ops)(uint64_t done);

#if !defined(HEAPDIFF_IMPLEMENTATION)

/* Writes a snapshot and returns when the file is complete. The label may be NULL.
 * Returns 0; -1 when nothing records this program; else an errno. Safe in any thread, not in a
 * signal handler. */
static inline int heapdiff_snapshot_call(const char *label)
{
    return (heapdiff_snapshot) ? (heapdiff_snapshot)(label) : -1;
}

/* Until resumed, new blocks of all threads are not recorded; frees still are. Calls nest. */
static inline void heapdiff_pause_call(void)
{
    if (heapdiff_pause)
        (heapdiff_pause)();
}

static inline void heapdiff_resume_call(void)
{
    if (heapdiff_resume)
        (heapdiff_resume)();
}

/* A block handed out by the program's own pool, and its end. The pool's name is kept as a frame
 * of the stack; the memory behind the pool should not be counted twice: wrap its malloc in
 * pause/resume. Addresses of different pools may be equal. */
static inline void heapdiff_alloc_call(const char *pool, const void *ptr, size_t size)
{
    if (heapdiff_alloc)
        (heapdiff_alloc)(pool, ptr, size);
}

static inline void heapdiff_free_call(const char *pool, const void *ptr)
{
    if (heapdiff_free)
        (heapdiff_free)(pool, ptr);
}

/* Sets the label of this thread's work ("GET /orders"): blocks that it allocates from now on are
 * counted under it, for heapdiff compare --by label. NULL or "" removes it. A text is copied when
 * it is first seen; up to 32,768 different ones, of up to 127 bytes. Returns the label before, or
 * NULL: set it again in the end, so that labels nest. A new thread has none. Not in a signal
 * handler. */
static inline const char *heapdiff_label_call(const char *label)
{
    return (heapdiff_label) ? (heapdiff_label)(label) : NULL;
}

/* Reports units of work (requests, jobs) done since the last call. Every snapshot keeps their sum,
 * so that growth can be given per unit. Any thread, at any rate. */
static inline void heapdiff_ops_call(uint64_t done)
{
    if (heapdiff_ops)
        (heapdiff_ops)(done);
}

/* Labels the rest of the enclosing block, however that is left:
 *   { HEAPDIFF_LABELLED("checkout"); … } */
static inline void heapdiff_label_end(const char *const *before)
{
    heapdiff_label_call(*before);
}
#define HEAPDIFF_LABELLED(label)       HEAPDIFF_LABELLED_AT(label, __LINE__)
#define HEAPDIFF_LABELLED_AT(label, n) HEAPDIFF_LABELLED_AS(label, n)
#define HEAPDIFF_LABELLED_AS(label, n)                                                             \
    __attribute__((cleanup(heapdiff_label_end), unused)) const char *const heapdiff_before_##n =   \
        heapdiff_label_call(label)

#define heapdiff_snapshot(label)        heapdiff_snapshot_call(label)
#define heapdiff_pause()                heapdiff_pause_call()
#define heapdiff_resume()               heapdiff_resume_call()
#define heapdiff_alloc(pool, ptr, size) heapdiff_alloc_call(pool, ptr, size)
#define heapdiff_free(pool, ptr)        heapdiff_free_call(pool, ptr)
#define heapdiff_label(label)           heapdiff_label_call(label)
#define heapdiff_ops(done)              heapdiff_ops_call(done)

#endif

#ifdef __cplusplus
}
#endif
#endif
