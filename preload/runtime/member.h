/* member.h -- How a managed heap takes part in snapshots: the interface for companions.
 *
 * A member is one heap with a collector and a thread of its own: Node's main thread, a Worker, a
 * Python interpreter. It joins; then for every request heapdiff's thread calls wake, the member
 * takes the request on its own thread, collects its garbage if the request says so, and answers
 * with its numbers; at its end it leaves. All functions are exported and may be called from any
 * thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RUNTIME_MEMBER_H
#define RUNTIME_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMBER_VERSION     1
#define MEMBER_NAME_SIZE   32
#define MEMBER_TEXT_SIZE   8192 /* of all statistics' names together */
#define MEMBER_NUMBERS_MAX 192
#define MEMBER_PROFILE_MAX ((size_t)64 << 20) /* bytes; a larger profile is dropped */

struct heapdiff_member; /* never freed, reused after it has left */

struct heapdiff_member_info {
    unsigned version;            /* MEMBER_VERSION */
    bool is_main;                /* a collection without it is none */
    bool only_to_collect;        /* has no numbers that are worth asking for without one */
    const char *name;            /* of the rows in table runtime: "node", "node worker 3" */
    void (*wake)(void *context); /* must not block; never called after leave has returned. From a
                                    thread that shares the program's descriptors */
    void *context;
};

/* NULL when recording is off, the versions differ, or there are too many. */
struct heapdiff_member *heapdiff_member_join(const struct heapdiff_member_info *info);

/* The number of the request that waits for an answer, 0 when none does. *collect says whether to
 * collect garbage. The asker waits longer once a request has been taken. */
uint32_t heapdiff_member_take(struct heapdiff_member *member, bool *collect);

/* Answers a request: names of statistics, zero-terminated one behind the other, LENGTH bytes in
 * all, and their COUNT values; none of them when it could not be done. An answer that comes too
 * late is dropped. */
void heapdiff_member_answer(struct heapdiff_member *member, uint32_t request, const char *names,
                            size_t length, const double *values, size_t count);

/* The live objects of a heap by the functions that allocated them. Indexes begin at 0; what is out
 * of bounds makes the whole profile be dropped. */
struct heapdiff_member_profile {
    const char *texts; /* of each frame its function and its script, zero-terminated */
    size_t text_size;
    const double *frames; /* two numbers each: line and column; 0 when unknown */
    const double *nodes;  /* two each: 1 + the index of the caller's node, which comes first, 0 when
                             there is none; the index of the frame */
    const double *live;   /* five each: the index of a node, epoch, samples, bytes, variance */
    size_t frame_count, node_count, live_count;
};

/* Adds the profile to the answer that is to follow; it is copied. */
void heapdiff_member_profile(struct heapdiff_member *member, uint32_t request,
                             const struct heapdiff_member_profile *profile);

/* The epoch that the next snapshot closes. */
uint32_t heapdiff_member_epoch(void);

/* The source map of code that ran as FILE and is on no disk: JSON of version 3. Both are copied; it
 * is in every snapshot from then on. At any time. */
void heapdiff_member_source_map(struct heapdiff_member *member, const char *file,
                                size_t file_length, const char *map, size_t map_length);

/* What the main thread's heap is like now, for HEAPDIFF_TIMELINE: values in this order, NaN for one
 * that is not known. Bytes; the longest delay of the event loop since the last sample; requests
 * begun so far. At any time; other members' samples are ignored. */
#define MEMBER_SAMPLES 5
#define MEMBER_SAMPLE_NAMES                                                                        \
    {                                                                                              \
        "heapUsed", "external", "arrayBuffers", "eventLoopDelay_max_ms", "http_requests"           \
    }
void heapdiff_member_sample(struct heapdiff_member *member, const double *values, size_t count);

void heapdiff_member_leave(struct heapdiff_member *member);

/* Code that the member's runtime makes, before it runs, and code that it has moved: so stacks get
 * names without a file. The name need not end with a zero. They take a lock and call neither malloc
 * nor the runtime. */
void heapdiff_code_added(const void *start, size_t size, const char *name, size_t length);
void heapdiff_code_moved(const void *from, const void *to, size_t size);

/* The runtime was to announce its code and cannot. */
void heapdiff_code_refused(void);

#endif
