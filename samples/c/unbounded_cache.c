/* unbounded_cache.c -- A cache by query text that never drops an entry, and has no hits.
 *
 * Each entry is three blocks; the answer is the big one, and its line is site 1.
 *
 * expect: kind=leak site1=cache_insert file=unbounded_cache.c growth=10240000±2% blocks=+20000±2%
 * expect: absent=render_answer
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "../common/noise.h"

enum { BUCKETS = 4096, ANSWER_SIZE = 512 };

struct entry {
    struct entry *next;
    char *query;
    char *answer;
};

static struct entry *buckets[BUCKETS];

static unsigned hash_of(const char *text)
{
    unsigned hash = 2166136261u;

    while (*text)
        hash = (hash ^ (unsigned char)*text++) * 16777619u;
    return hash % BUCKETS;
}

static struct entry *cache_find(const char *query)
{
    struct entry *entry = buckets[hash_of(query)];

    while (entry && strcmp(entry->query, query) != 0)
        entry = entry->next;
    return entry;
}

static struct entry *cache_insert(const char *query, const char *answer)
{
    struct entry *entry = malloc(sizeof *entry);
    struct entry **bucket = &buckets[hash_of(query)];

    entry->query = strdup(query);
    entry->answer = malloc(ANSWER_SIZE);
    snprintf(entry->answer, ANSWER_SIZE, "%s", answer);
    entry->next = *bucket;
    *bucket = entry;
    return entry;
}

static char *render_answer(const char *query)
{
    char *page = malloc(8192);

    snprintf(page, 8192, "<p>%s: %u results</p>", query, noise_random(1000));
    return page;
}

static size_t answer_query(const char *query)
{
    struct entry *entry = cache_find(query);

    if (!entry) {
        char *page = render_answer(query);
        entry = cache_insert(query, page);
        free(page);
    }
    return strlen(entry->answer);
}

static size_t serve(unsigned first, unsigned count)
{
    size_t sent = 0;

    for (unsigned number = first; number < first + count; number++) {
        char query[64];
        /* The session is part of the key: the bug. */
        snprintf(query, sizeof query, "item %u;session %u", number % 100, number);
        sent += answer_query(query);
        noise_message(number);
    }
    return sent;
}

int main(void)
{
    size_t sent;

    noise_begin();
    sent = serve(0, 1000);
    heapdiff_snapshot("steady");
    sent += serve(1000, 20000);
    heapdiff_snapshot("loaded");
    printf("%zu bytes sent, %lu\n", sent, noise.sum);
    return 0;
}
