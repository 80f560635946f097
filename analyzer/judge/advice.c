/* advice.c -- Advice by the kind of verdict and the figures of the process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/advice.h"

#include "base/units.h"

#include <string.h>

#define MANY_ARENAS    4  /* more than the first few threads of a program make */
#define BLOCK_OVERHEAD 16 /* glibc: a header and rounding, per block, on average */

static void say_free(const struct verdict_allocator *allocator, struct text *text)
{
    text_format(text, "%s holds %s free (%s at first)", allocator->name,
                units_bytes(allocator->free_last).text, units_bytes(allocator->free_first).text);
    if (allocator->top >= 0)
        text_format(text, ", %s of it at the top of the heap", units_bytes(allocator->top).text);
    if (allocator->arenas > 0)
        text_format(text, ", in %lld arena%s", (long long)allocator->arenas,
                    allocator->arenas == 1 ? "" : "s");
    if (allocator->holes > 0 && allocator->hole_bytes * 2 > allocator->free_last)
        text_format(text, "; %s of it in %s holes of %s and more between live blocks",
                    units_bytes(allocator->hole_bytes).text, units_count(allocator->holes).text,
                    units_bytes(allocator->hole_least).text);
    text_add(text, ". ");
}

static void say_glibc(const struct verdict_input *input, struct text *text)
{
    const struct verdict_allocator *allocator = &input->allocator;
    int64_t grown = input->growth.bytes[PART_RETENTION];
    int64_t overhead = input->growth_blocks * BLOCK_OVERHEAD;
    if (overhead * 2 > grown) {
        text_format(text,
                    "About %s of the growth is overhead of %s more blocks: "
                    "fewer, larger blocks help. ",
                    units_bytes(overhead).text, units_count(input->growth_blocks).text);
        return;
    }
    if (allocator->free_last >= 0 && allocator->free_last * 2 < grown)
        text_add(text,
                 "The free memory is less than the retained, so most of it is rounding, caches "
                 "of threads, or pages in partial use. ");
    if (allocator->arenas > MANY_ARENAS)
        text_format(text, "MALLOC_ARENA_MAX=2 keeps %lld threads from having an arena each. ",
                    (long long)input->threads_last);
    if (allocator->top >= 0 && allocator->top * 2 > allocator->free_last)
        text_add(text, "Most of it is at the top: malloc_trim(0) after a peak, or a smaller "
                       "MALLOC_TRIM_THRESHOLD_, returns it.");
    else
        text_add(
            text,
            "Most of it is between live blocks: malloc_trim(0) after a peak returns whole pages; "
            "an allocator that separates sizes returns more (LD_PRELOAD=libjemalloc.so.2).");
}

static void advise_retention(const struct verdict_input *input, struct text *text)
{
    const struct verdict_allocator *allocator = &input->allocator;
    if (allocator->name && allocator->free_last >= 0)
        say_free(allocator, text);
    if (allocator->name && strcmp(allocator->name, "glibc") == 0)
        say_glibc(input, text);
    else if (allocator->name && strcmp(allocator->name, "jemalloc") == 0)
        text_add(text, "MALLOC_CONF=background_thread:true,dirty_decay_ms:1000 returns it sooner; "
                       "a smaller narenas retains less.");
    else
        text_add(text, "With glibc, try MALLOC_ARENA_MAX=2 when many threads allocate, "
                       "malloc_trim(0) after a peak, or jemalloc (LD_PRELOAD=libjemalloc.so.2).");
}

/* Where samples know whose objects they are, the reader begins there. */
static void advise_js(const struct verdict_input *input, struct text *text)
{
    const struct verdict_claim *claim = &input->claims[CLAIM_JS];
    if (input->managed_heap == RUNTIME_V8 && claim->name && claim->growth > claim->noise)
        text_format(text,
                    "See what keeps the objects that %s allocates: a map, an array, a listener or "
                    "a closure that only grows. ",
                    claim->name);
}

static void advise_managed(const struct verdict_input *input, struct text *text)
{
    static const char *const words[] = {
        [RUNTIME_NONE] = "",
        [RUNTIME_V8] = "Take V8 heap snapshots before and after and compare them in DevTools: "
                       "start with node --heapsnapshot-signal=SIGUSR2, then kill -USR2 PID. If the "
                       "heap only filled up before its next collection, it is smaller after "
                       "`heapdiff snapshot --gc`.",
        [RUNTIME_JVM] = "jcmd PID GC.heap_dump FILE shows its contents. If the heap only filled up "
                        "before its next collection, it is smaller after `heapdiff snapshot --gc`.",
        [RUNTIME_GO] = "net/http/pprof, or runtime/pprof.WriteHeapProfile, shows its contents: "
                       "go tool pprof -sample_index=inuse_space.",
        [RUNTIME_PYTHON] = "With PYTHONMALLOC=malloc heapdiff shows each object in it and the "
                           "Python line that made it; tracemalloc also shows the lines.",
    };
    advise_js(input, text);
    text_add(text, words[input->managed_heap]);
}

static void advise_python(int minor, struct text *text)
{
    if (minor > 13)
        text_add(text, "No Python function has a name: start with `heapdiff run --jit`, or with "
                       "python3 -X perf.");
    else if (minor > 0)
        text_add(text, "No Python function has a name: heapdiff reads CPython 3.9 to 3.13 with "
                       "the GIL, and not when HEAPDIFF_PYTHON=0 is set.");
}

static void advise_names(const struct verdict_input *input, struct text *text)
{
    switch (input->nameless.kind) {
    case RUNTIME_V8:
        text_add(text,
                 input->names_refused
                     ? "No JavaScript function has a name: this V8 cannot announce its code; "
                       "start with `heapdiff run --perf-map`, or with "
                       "NODE_OPTIONS=\"--perf-basic-prof --interpreted-frames-native-stack\"."
                     : "No JavaScript function has a name: start with `heapdiff run --jit`, or "
                       "with the companion and "
                       "NODE_OPTIONS=--interpreted-frames-native-stack (docs/node.md).");
        break;
    case RUNTIME_JVM:
        text_add(text, "Stacks end where Java begins: start with java -XX:+PreserveFramePointer.");
        break;
    case RUNTIME_PYTHON:
        advise_python(input->nameless.minor, text);
        break;
    case RUNTIME_GO:
    case RUNTIME_NONE:
        break;
    }
}

static void advise_mapping(const struct verdict_input *input, struct text *text)
{
    int64_t stacks = input->growth.bytes[PART_THREAD_STACKS];
    if (stacks <= input->growth.bytes[PART_MAPPINGS] && input->threads_last <= input->threads_first)
        return;
    if (input->threads_last > input->threads_first)
        text_format(text, "There are %lld threads now and %lld at first: are all still needed?",
                    (long long)input->threads_last, (long long)input->threads_first);
    else
        text_format(text,
                    "There are %lld threads, no more than at first: the stack of a thread that "
                    "ended stays mapped until the program joins or detaches it.",
                    (long long)input->threads_last);
}

#define COLLECTED_LEAST ((int64_t)1 << 20)
#define COLLECTED_SHARE 0.1 /* of the blocks that were live before the collection */

static void say_collected(const struct verdict_input *input, struct text *text)
{
    const struct verdict_collected *collected = &input->collected;
    bool is_buffers = collected->buffers * 2 > collected->bytes;
    double before = (double)store_sum(input->live_last, collected->bytes);
    if (collected->bytes < COLLECTED_LEAST || (double)collected->bytes < COLLECTED_SHARE * before)
        return;
    text_format(text,
                "%sGarbage collections for the snapshots freed %s of %s, %s from %s: "
                "they live until the runtime collects",
                text->length ? " " : "", units_bytes(collected->bytes).text,
                is_buffers ? "off-heap buffers" : "native blocks",
                collected->top_bytes * 2 >= collected->bytes ? "mostly" : "most of all",
                collected->name);
    text_add(text, is_buffers ? "." : "; close or free what owns them as soon as it is done.");
}

void advice_add(const struct verdict_input *input, enum verdict_kind kind, struct text *text)
{
    text_add(text, "");
    if (kind == VERDICT_RETENTION)
        advise_retention(input, text);
    else if (kind == VERDICT_JS_HEAP)
        advise_managed(input, text);
    else if (kind == VERDICT_MAPPING)
        advise_mapping(input, text);
    else if (kind == VERDICT_LEAK && input->top_advice)
        text_add(text, input->top_advice);
    else if (kind == VERDICT_LEAK)
        advise_names(input, text);
    while (text->length > 0 && text->bytes[text->length - 1] == ' ')
        text->bytes[--text->length] = '\0';
    /* Beside growth that stays, garbage is no news: each busy program has some. */
    if (kind == VERDICT_NONE || kind == VERDICT_RETENTION || kind == VERDICT_MAPPING)
        say_collected(input, text);
}
