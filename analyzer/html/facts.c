/* facts.c -- The facts about the snapshots on a page, and how far they can be trusted.
 *
 * The command line is left out: users pass pages on, and command lines hold secrets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/facts.h"

#include "base/json.h"
#include "compare/names.h"
#include "frames/coverage.h"

#include <string.h>

static void add_text(cJSON *object, const char *name, const char *value)
{
    struct text clean = {0};
    text_add_clean(&clean, value ? value : "", true);
    cJSON_AddStringToObject(object, name, clean.bytes);
    text_done(&clean);
}

/* {"owner.name":value,…} */
static cJSON *statistics(const struct store_statistic *items, size_t count)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < count; i++) {
        struct text name = {0};
        text_add_clean(&name, items[i].owner, true);
        text_add(&name, ".");
        text_add_clean(&name, items[i].name, true);
        if (!cJSON_HasObjectItem(object, name.bytes))
            cJSON_AddNumberToObject(object, name.bytes, items[i].value);
        text_done(&name);
    }
    return object;
}

static cJSON *parts_array(const struct parts *parts)
{
    cJSON *array = cJSON_CreateArray();
    for (int i = 0; i < PART_COUNT; i++)
        cJSON_AddItemToArray(array, cJSON_CreateNumber((double)parts->bytes[i]));
    return array;
}

static cJSON *snapshot(const struct comparison *comparison, size_t index)
{
    const struct store *store = comparison->stores[index];
    const struct store_facts *facts = &store->facts;
    cJSON *object = cJSON_CreateObject();
    add_text(object, "file", text_base_name(store->path));
    add_text(object, "label", facts->label);
    add_text(object, "reason", facts->reason);
    add_text(object, "program", facts->program);
    add_text(object, "executable", facts->executable);
    add_text(object, "directory", facts->directory);
    add_text(object, "host", facts->host);
    json_set_number(object, "pid", facts->pid);
    json_set_number(object, "number", facts->number);
    json_set_number(object, "epoch", facts->epoch);
    json_set_number(object, "threads", facts->threads);
    cJSON_AddNumberToObject(object, "time", (double)facts->time_ns / 1e9);
    cJSON_AddNumberToObject(object, "seconds", comparison->x[index]);
    cJSON_AddNumberToObject(object, "uptime", (double)facts->uptime_ns / 1e9);
    cJSON_AddNumberToObject(object, "duration", (double)facts->duration_ns / 1e9);
    json_set_number(object, "sample_bytes", facts->sample_bytes);
    json_set_number(object, "live_bytes", facts->live_bytes);
    json_set_number(object, "live_blocks", facts->live_blocks);
    json_set_number(object, "rss_bytes", facts->rss_bytes);
    json_set_number(object, "peak_rss_bytes", facts->peak_rss_bytes);
    cJSON_AddItemToObject(object, "parts", parts_array(&comparison->parts[index]));
    cJSON_AddItemToObject(object, "runtime",
                          statistics(store->runtime.items, store->runtime.count));
    cJSON_AddItemToObject(object, "allocator",
                          statistics(store->allocator.items, store->allocator.count));
    return object;
}

cJSON *facts_snapshots(const struct comparison *comparison)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < comparison->count; i++)
        cJSON_AddItemToArray(array, snapshot(comparison, i));
    return array;
}

cJSON *facts_verdict(const struct comparison *comparison)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *names = cJSON_AddArrayToObject(object, "part_names");
    for (int i = 0; i < PART_COUNT; i++)
        cJSON_AddItemToArray(names, cJSON_CreateString(names_part(comparison, (enum part)i)));
    if (comparison->count < 2)
        return object;
    add_text(object, "kind", verdict_name(comparison->verdict.kind));
    add_text(object, "text", comparison->verdict.text.bytes);
    add_text(object, "advice", comparison->verdict.advice.bytes);
    json_set_number(object, "limit", comparison->verdict.limit);
    cJSON_AddItemToObject(object, "parts", parts_array(&comparison->growth));
    return object;
}

cJSON *facts_notes(const struct comparison *comparison)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < comparison->notes.count; i++) {
        struct text clean = {0};
        text_add_clean(&clean, comparison->notes.items[i], true);
        cJSON_AddItemToArray(array, cJSON_CreateString(clean.bytes));
        text_done(&clean);
    }
    return array;
}

static cJSON *counters_array(const struct store *store)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < store->counters.count; i++) {
        const struct store_counter *counter = &store->counters.items[i];
        cJSON *object = cJSON_CreateObject();
        add_text(object, "name", counter->name);
        add_text(object, "meaning", counter->meaning);
        json_set_number(object, "value", counter->value);
        cJSON_AddItemToArray(array, object);
    }
    return array;
}

static void add_count(cJSON *object, const char *name, const struct coverage_count *count)
{
    cJSON *item = cJSON_AddObjectToObject(object, name);
    json_set_number(item, "addresses", (int64_t)count->addresses);
    json_set_number(item, "named", (int64_t)count->named);
    json_set_number(item, "with_lines", (int64_t)count->with_lines);
}

static cJSON *modules_array(const struct coverage *coverage, const struct store *store)
{
    static const char *const states[] = {"found", "gone", "changed", "unreadable"};
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < coverage->modules.count && i < 40; i++) {
        const struct coverage_module *module = &coverage->modules.items[i];
        cJSON *object = cJSON_CreateObject();
        add_text(object, "path", store->modules.items[module->module].path);
        add_text(object, "state", states[module->symbols.state]);
        add_count(object, "count", &module->count);
        cJSON_AddItemToArray(array, object);
    }
    return array;
}

cJSON *facts_coverage(const struct comparison *comparison)
{
    size_t last = comparison->count - 1, truncated = 0;
    const struct store *store = comparison->stores[last];
    struct coverage coverage;
    cJSON *object = cJSON_CreateObject();
    coverage_init(&coverage, store, comparison->frames[last], comparison->symbols);
    for (size_t i = 0; i < store->stacks.count; i++)
        truncated += store->stacks.items[i].is_truncated;
    json_set_number(object, "stacks", (int64_t)store->stacks.count);
    json_set_number(object, "truncated_stacks", (int64_t)truncated);
    json_set_number(object, "unknown_addresses", (int64_t)coverage.unknown);
    add_count(object, "all", &coverage.total);
    add_count(object, "native", &coverage.native);
    add_count(object, "jit", &coverage.jit);
    cJSON_AddItemToObject(object, "modules", modules_array(&coverage, store));
    cJSON_AddItemToObject(object, "counters", counters_array(store));
    coverage_done(&coverage);
    return object;
}
