/* json_report.c -- Comparisons and snapshots for programs, by cJSON.
 *
 * Names of fields are fixed: add, never rename. Numbers are exact up to 2^53.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/json_report.h"

#include "base/json.h"
#include "compare/folding.h"
#include "compare/origin.h"
#include "frames/frame_name.h"
#include "frames/site_frame.h"
#include "print/objects_json.h"
#include "print/processes_report.h"
#include "print/resources_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define JSON_SCHEMA 1

/* The managed runtimes' own figures: {"node": {"heapUsed": N, ...}, ...}. */
static void add_runtimes(cJSON *object, const struct store *store)
{
    cJSON *runtimes = cJSON_AddObjectToObject(object, "runtime");
    for (size_t i = 0; i < store->runtime.count; i++) {
        const struct store_statistic *statistic = &store->runtime.items[i];
        struct text owner = {0}, name = {0};
        text_add_clean(&owner, statistic->owner, true);
        text_add_clean(&name, statistic->name, true);
        cJSON *one = cJSON_GetObjectItemCaseSensitive(runtimes, owner.bytes);
        if (!one)
            one = cJSON_AddObjectToObject(runtimes, owner.bytes);
        cJSON_AddNumberToObject(one, name.bytes, statistic->value);
        text_done(&owner);
        text_done(&name);
    }
}

cJSON *json_report_facts(const struct store *store)
{
    const struct store_facts *facts = &store->facts;
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "path", store->path);
    json_set_string(object, "label", facts->label);
    json_set_number(object, "pid", facts->pid);
    cJSON_AddNumberToObject(object, "time", (double)facts->time_ns / 1e9);
    json_set_number(object, "live_bytes", facts->live_bytes);
    json_set_number(object, "live_blocks", facts->live_blocks);
    json_set_number(object, "rss_bytes", facts->rss_bytes);
    json_set_number(object, "peak_rss_bytes", facts->peak_rss_bytes);
    json_set_number(object, "number", facts->number);
    json_set_string(object, "reason", facts->reason);
    json_set_string(object, "program", facts->program);
    json_set_string(object, "command_line", facts->command_line);
    json_set_string(object, "host", facts->host);
    cJSON_AddNumberToObject(object, "uptime", (double)facts->uptime_ns / 1e9);
    json_set_number(object, "threads", facts->threads);
    json_set_number(object, "sample_bytes", facts->sample_bytes);
    add_runtimes(object, store);
    return object;
}

static cJSON *verdict_object(const struct comparison *comparison)
{
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "kind", verdict_name(comparison->verdict.kind));
    json_set_string(object, "text", comparison->verdict.text.bytes);
    json_set_string(object, "advice", comparison->verdict.advice.bytes);
    json_set_number(object, "rss_growth_bytes", parts_total(&comparison->growth));
    cJSON *parts = cJSON_AddArrayToObject(object, "parts");
    for (int i = 0; i < PART_COUNT; i++) {
        cJSON *part = cJSON_CreateObject();
        json_set_string(part, "what", parts_name((enum part)i));
        json_set_number(part, "growth_bytes", comparison->growth.bytes[i]);
        cJSON_AddItemToArray(parts, part);
    }
    json_set_number(object, "heapdiff_growth_bytes", comparison->growth.bytes[PART_HEAPDIFF]);
    json_set_number(object, "limit_bytes", comparison->verdict.limit);
    return object;
}

static void add_number_or_null(cJSON *object, const char *name, int value)
{
    if (value)
        json_set_number(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

/* The file that ran, and what it was built from. */
static void add_place(cJSON *object, const struct frame *frame)
{
    bool is_built = frame->built_file != NULL;
    json_set_string(object, "file", is_built ? frame->built_file : frame->file);
    add_number_or_null(object, "line", is_built ? frame->built_line : frame->line);
    add_number_or_null(object, "column", is_built ? frame->built_column : frame->column);
    if (!is_built)
        return;
    json_set_string(object, "source_file", frame->file);
    add_number_or_null(object, "source_line", frame->line);
    add_number_or_null(object, "source_column", frame->column);
}

static cJSON *frame_object(const struct frame *frame)
{
    cJSON *object = cJSON_CreateObject();
    char address[32];
    snprintf(address, sizeof address, "0x%" PRIx64, frame->address);
    json_set_string(object, "function", frame->function);
    add_place(object, frame);
    json_set_string(object, "module", frame->module);
    json_set_string(object, "address", address);
    cJSON_AddBoolToObject(object, "inlined", frame->is_inlined);
    if (frame->is_tail_call)
        cJSON_AddBoolToObject(object, "tail_call", true);
    cJSON_AddBoolToObject(object, "jit", frame->is_jit);
    json_set_string(object, "class", rules_owner_name(frame->owner));
    json_set_string(object, "role", rules_class_name(frame->class));
    json_set_string(object, "package", frame->package);
    return object;
}

static cJSON *stack_array(const struct site *site)
{
    cJSON *array = cJSON_CreateArray();
    struct frames_walk walk = frames_leaf(site->stack_frames, site->stack);
    const struct frame *frame;
    while ((frame = frames_caller(&walk)) != NULL)
        cJSON_AddItemToArray(array, frame_object(frame));
    return array;
}

static void add_numbers(cJSON *object, const char *name, const int64_t *numbers, size_t count)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(array, cJSON_CreateNumber((double)numbers[i]));
}

static void add_known(cJSON *object, const char *name, int64_t value)
{
    if (value >= 0)
        json_set_number(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

/* What the score is made from; null for what is not known. */
static void add_evidence(cJSON *object, const struct comparison *comparison,
                         const struct site *site)
{
    const struct rank *rank = &site->rank;
    json_set_string(object, "pattern", rank_pattern_name(rank->pattern));
    cJSON_AddNumberToObject(object, "evidence", rank->evidence);
    cJSON_AddNumberToObject(object, "noise_bytes", rank->noise);
    add_known(object, "old_bytes", site->old_bytes);
    add_known(object, "survivor_bytes", site->survivors);
    if (comparison->operations > 0)
        cJSON_AddNumberToObject(object, "bytes_per_operation",
                                comparison_per_operation(comparison, site));
    if (!rank->has_trend) {
        cJSON_AddNullToObject(object, "trend");
        return;
    }
    cJSON *trend = cJSON_AddObjectToObject(object, "trend");
    cJSON_AddNumberToObject(trend, "bytes_per_second", rank->trend.slope);
    cJSON_AddNumberToObject(trend, "low", rank->trend.low);
    cJSON_AddNumberToObject(trend, "high", rank->trend.high);
    cJSON_AddNumberToObject(trend, "tau", rank->trend.tau);
    cJSON_AddNumberToObject(trend, "chance", rank->trend.chance);
    cJSON_AddNumberToObject(trend, "going_on", rank->trend.going_on);
}

static void add_part(cJSON *parts, const struct comparison *comparison, const struct site *site)
{
    cJSON *part = cJSON_CreateObject();
    json_set_string(part, "kind", site_kind_name(site));
    json_set_number(part, "growth_bytes", site->growth_bytes);
    json_set_number(part, "growth_blocks", site->growth_blocks);
    add_numbers(part, "live_bytes", site->live_bytes, comparison->count);
    add_numbers(part, "live_blocks", site->live_blocks, comparison->count);
    cJSON_AddItemToArray(parts, part);
}

/* A place with several kinds of blocks: its numbers are those of the first kind. */
static void add_site_parts(cJSON *object, const struct comparison *comparison,
                           const struct site *site)
{
    const struct site *inside = folding_next(comparison, site, NULL);
    if (!inside)
        return;
    cJSON *parts = cJSON_AddArrayToObject(object, "parts");
    add_part(parts, comparison, site);
    for (; inside; inside = folding_next(comparison, site, inside))
        add_part(parts, comparison, inside);
}

static cJSON *site_object(const struct comparison *comparison, const struct site *site, size_t rank)
{
    struct text name = {0};
    cJSON *object = cJSON_CreateObject();
    frame_name(&site->frame, NULL, &name);
    json_set_number(object, "rank", (int64_t)rank);
    json_set_string(object, "kind", site_kind_name(site));
    if (site->deviation > 0)
        cJSON_AddNumberToObject(object, "error_bytes", site->deviation);
    json_set_string(object, "name", name.bytes);
    cJSON_AddItemToObject(object, "frame", frame_object(&site->frame));
    const struct frame *way = site_frame_way(site->stack_frames, site->stack, &site->frame);
    cJSON_AddItemToObject(object, "through", way ? frame_object(way) : cJSON_CreateNull());
    const struct site *origin = origin_find(comparison, site);
    cJSON_AddItemToObject(object, "origin",
                          origin ? frame_object(&origin->frame) : cJSON_CreateNull());
    if (comparison->count > 1) {
        json_set_number(object, "growth_bytes", site->growth_bytes);
        json_set_number(object, "growth_blocks", site->growth_blocks);
        cJSON_AddNumberToObject(object, "score", site->score);
        add_evidence(object, comparison, site);
    }
    add_numbers(object, "live_bytes", site->live_bytes, comparison->count);
    add_numbers(object, "live_blocks", site->live_blocks, comparison->count);
    add_numbers(object, "allocations", site->allocations, comparison->count);
    add_numbers(object, "allocated_bytes", site->allocated_bytes, comparison->count);
    add_site_parts(object, comparison, site);
    json_set_number(object, "collected_bytes", site->collected_bytes);
    json_set_number(object, "collected_blocks", site->collected_blocks);
    cJSON_AddBoolToObject(object, "managed_heap", site->is_managed);
    cJSON_AddItemToObject(object, "stack", stack_array(site));
    text_done(&name);
    return object;
}

static cJSON *group_object(const struct listing_row *row)
{
    static const char *const fields[] = {"growth", "live", "survivor", "temporary", "total"};
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "name", row->name);
    json_set_number(object, "sites", (int64_t)row->sites);
    for (int what = WHAT_GROWTH; what <= WHAT_TOTAL; what++) {
        char name[32];
        snprintf(name, sizeof name, "%s_bytes", fields[what]);
        json_set_number(object, name, row->values[what]);
    }
    json_set_number(object, "growth_blocks", row->blocks[WHAT_GROWTH]);
    json_set_number(object, "live_blocks", row->blocks[WHAT_LIVE]);
    return object;
}

/* Sites as ranked, or as a listing picks and sorts them; with a listing of something else, groups.
 */
static void add_sites(cJSON *root, const struct comparison *comparison,
                      const struct report_options *options)
{
    if (!options->listing) {
        cJSON *sites = cJSON_AddArrayToObject(root, "sites");
        size_t count = report_site_count(comparison, options);
        for (size_t i = 0; i < count; i++)
            cJSON_AddItemToArray(sites, site_object(comparison, comparison->ranked[i], i + 1));
        return;
    }
    bool by_sites = options->listing->by == BY_SITES;
    cJSON *sites = cJSON_AddArrayToObject(root, "sites");
    cJSON *groups = by_sites ? NULL : cJSON_AddArrayToObject(root, "groups");
    struct listing *listing = listing_new(comparison, options->listing);
    for (size_t i = 0; i < listing->rows.count && i < (size_t)options->top; i++) {
        const struct listing_row *row = &listing->rows.items[i];
        if (by_sites)
            cJSON_AddItemToArray(sites, site_object(comparison, row->site, i + 1));
        else
            cJSON_AddItemToArray(groups, group_object(row));
    }
    if (listing_is_of_groups(options->listing->by))
        json_set_string(root, "groups_note", listing->hint);
    listing_free(listing);
}

static cJSON *gate_object(const struct gate_result *result)
{
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "result",
                    result->code == EXIT_DONE       ? "passed"
                    : result->code == EXIT_EXCEEDED ? "exceeded"
                                                    : "not-measurable");
    json_set_string(object, "text", result->words);
    json_set_number(object, "growth_bytes", result->growth_bytes);
    json_set_number(object, "accepted_bytes", result->accepted_bytes);
    json_set_number(object, "failing_sites", (int64_t)result->failing);
    return object;
}

void json_report_comparison(const struct comparison *comparison,
                            const struct report_options *options, struct text *out)
{
    cJSON *root = cJSON_CreateObject();
    json_set_number(root, "schema", JSON_SCHEMA);
    cJSON *snapshots = cJSON_AddArrayToObject(root, "snapshots");
    for (size_t i = 0; i < comparison->count; i++)
        cJSON_AddItemToArray(snapshots, json_report_facts(comparison->stores[i]));
    cJSON_AddItemToObject(root, "verdict", verdict_object(comparison));
    cJSON *notes = cJSON_AddArrayToObject(root, "notes");
    for (size_t i = 0; i < comparison->notes.count; i++)
        cJSON_AddItemToArray(notes, json_string(comparison->notes.items[i]));
    json_set_number(root, "growth_bytes", comparison->growth_bytes);
    json_set_number(root, "noise_bytes", comparison->noise_bytes);
    json_set_number(root, "operations", comparison->operations);
    json_set_string(root, "operations_source",
                    operations_source_name(comparison->operations_source));
    processes_report_json(comparison, root);
    resources_report_json(comparison, root);
    if (options->result)
        cJSON_AddItemToObject(root, "gate", gate_object(options->result));
    add_sites(root, comparison, options);
    if (options->objects)
        objects_json_add(options->objects, options->objects_top, root);
    json_print(out, root);
}

void json_report_snapshot(const struct comparison *comparison, const struct report_options *options,
                          struct text *out)
{
    cJSON *root = cJSON_CreateObject();
    json_set_number(root, "schema", JSON_SCHEMA);
    cJSON_AddItemToObject(root, "snapshot", json_report_facts(comparison->stores[0]));
    add_sites(root, comparison, options);
    json_print(out, root);
}
