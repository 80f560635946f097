/* timeline.c -- What was measured between the snapshots, for a page.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/timeline.h"

#include "base/json.h"

#include <string.h>

struct writer {
    double end; /* seconds of the page at which the snapshot was taken */
    bool has_series;
    struct text *out;
};

static void begin_series(struct writer *writer, const struct store *store,
                         const struct store_point *point)
{
    text_format(writer->out, "%s{\"pid\":%lld,\"name\":", writer->has_series ? "," : "",
                (long long)store->facts.pid);
    json_add_string(writer->out, point->owner, JSON_IN_SCRIPT);
    text_add(writer->out, ",\"statistic\":");
    json_add_string(writer->out, point->name, JSON_IN_SCRIPT);
    text_add(writer->out, ",\"points\":[");
    writer->has_series = true;
}

/* Points of a series lie side by side, in order of time. */
static void write_store(struct writer *writer, const struct store *store)
{
    const struct store_point *last = NULL;
    for (size_t i = 0; i < store->timeline.count; i++) {
        const struct store_point *point = &store->timeline.items[i];
        bool is_next =
            last && strcmp(last->owner, point->owner) == 0 && strcmp(last->name, point->name) == 0;
        if (!is_next) {
            text_add(writer->out, last ? "]}" : "");
            begin_series(writer, store, point);
        }
        text_format(writer->out, "%s%.3f,%.10g", is_next ? "," : "",
                    writer->end +
                        (double)store_sum(point->uptime_ns, -store->facts.uptime_ns) / 1e9,
                    point->value);
        last = point;
    }
    text_add(writer->out, last ? "]}" : "");
}

static bool is_same_process(const struct store *a, const struct store *b)
{
    return a->facts.pid == b->facts.pid && a->facts.started_ns == b->facts.started_ns;
}

void timeline_write(const struct comparison *comparison, struct text *out)
{
    size_t end = comparison->count - 1;
    struct store *first = comparison->stores[0], *last = comparison->stores[end];
    struct writer writer = {.out = out};
    text_add(out, "\"timeline\":[");
    for (size_t i = 0; i < last->united_count; i++) {
        const struct store_facts *facts = &last->united[i]->facts;
        writer.end = (double)store_sum(facts->time_ns, -first->facts.time_ns) / 1e9;
        write_store(&writer, last->united[i]);
    }
    if (!last->united_count && !is_same_process(first, last))
        write_store(&writer, first);
    writer.end = comparison->x[end];
    if (!last->united_count)
        write_store(&writer, last);
    text_add(out, "]");
}
