/* objects_json.c -- The objects of heap snapshots for programs, by cJSON.
 *
 * Names of fields are fixed: add, never rename.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print/objects_json.h"

#include "base/json.h"

#define JSON_SCHEMA 1

static void add_numbers(cJSON *object, const char *name, const int64_t *numbers, size_t count)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(array, cJSON_CreateNumber((double)numbers[i]));
}

static void add_line(cJSON *object, const char *name, int line)
{
    if (line > 0)
        json_set_number(object, name, line);
    else
        cJSON_AddNullToObject(object, name);
}

static cJSON *step_object(const struct objects_step *step)
{
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "type", step->type);
    json_set_string(object, "name", step->name);
    json_set_string(object, "edge", step->edge);
    json_set_string(object, "function", step->function);
    json_set_string(object, "file", step->file);
    add_line(object, "line", step->line);
    add_line(object, "column", step->column);
    if (step->repeats > 1)
        json_set_number(object, "repeats", step->repeats);
    return object;
}

static cJSON *way_object(const struct objects_way *way)
{
    cJSON *object = cJSON_CreateObject();
    json_set_number(object, "count", way->count);
    json_set_number(object, "retained_bytes", way->retained);
    json_set_number(object, "holders", way->holders);
    cJSON *path = cJSON_AddArrayToObject(object, "path");
    for (size_t i = 0; i < way->step_count; i++)
        cJSON_AddItemToArray(path, step_object(&way->steps[i]));
    return object;
}

static void add_collection(cJSON *object, const struct objects_type *type)
{
    if (!type->has_collection) {
        cJSON_AddNullToObject(object, "collection");
        return;
    }
    cJSON *collection = cJSON_AddObjectToObject(object, "collection");
    json_set_string(collection, "type", type->collection.type);
    json_set_string(collection, "name", type->collection.name);
    json_set_string(collection, "file", type->collection.file);
    add_line(collection, "line", type->collection.line);
    const int64_t entries[] = {type->collection.before, type->collection.after};
    add_numbers(collection, "entries", entries, 2);
}

static void add_growth(cJSON *object, const struct objects_type *type, size_t last)
{
    json_set_number(object, "growth_count", type->count[last] - type->count[0]);
    json_set_number(object, "growth_shallow_bytes", type->shallow[last] - type->shallow[0]);
    json_set_number(object, "growth_retained_bytes", type->retained[last] - type->retained[0]);
    json_set_number(object, "new_count", type->added);
    json_set_number(object, "deleted_count", type->removed);
    json_set_number(object, "new_bytes", type->added_bytes);
    json_set_number(object, "deleted_bytes", type->removed_bytes);
    json_set_number(object, "survivor_count", type->stayed);
    json_set_number(object, "kept_bytes", type->kept);
    cJSON_AddBoolToObject(object, "growing", type->is_growing);
    json_set_string(object, "pattern", rank_pattern_name(type->pattern));
    if (type->has_trend) {
        cJSON *trend = cJSON_AddObjectToObject(object, "trend");
        cJSON_AddNumberToObject(trend, "count_per_second", type->trend.slope);
        cJSON_AddNumberToObject(trend, "tau", type->trend.tau);
        cJSON_AddNumberToObject(trend, "chance", type->trend.chance);
        cJSON_AddNumberToObject(trend, "going_on", type->trend.going_on);
    }
    add_collection(object, type);
    if (type->part_of > 0)
        json_set_number(object, "part_of", (int64_t)type->part_of);
    else
        cJSON_AddNullToObject(object, "part_of");
}

static cJSON *type_object(const struct objects *objects, size_t number)
{
    const struct objects_type *type = &objects->types.items[number];
    cJSON *object = cJSON_CreateObject();
    json_set_number(object, "rank", (int64_t)number + 1);
    json_set_string(object, "type", type->name);
    json_set_string(object, "key", type->key);
    if (objects->count > 1)
        add_growth(object, type, objects->count - 1);
    add_numbers(object, "count", type->count, objects->count);
    add_numbers(object, "shallow_bytes", type->shallow, objects->count);
    add_numbers(object, "retained_bytes", type->retained, objects->count);
    json_set_number(object, "distance", type->distance);
    cJSON *ways = cJSON_AddArrayToObject(object, "retainers");
    for (size_t i = 0; i < type->ways.count; i++)
        cJSON_AddItemToArray(ways, way_object(&type->ways.items[i]));
    return object;
}

void objects_json_add(const struct objects *objects, int64_t top, cJSON *root)
{
    cJSON *types = cJSON_AddArrayToObject(root, "objects");
    for (size_t i = 0; i < objects->types.count && (int64_t)i < top; i++)
        cJSON_AddItemToArray(types, type_object(objects, i));
    cJSON *findings = cJSON_AddArrayToObject(root, "findings");
    for (size_t i = 0; i < objects->findings.count; i++) {
        const struct objects_finding *finding = &objects->findings.items[i];
        cJSON *object = cJSON_CreateObject();
        json_set_string(object, "kind", objects_finding_name(finding->kind));
        json_set_string(object, "text", finding->text);
        json_set_number(object, "count", finding->count);
        json_set_number(object, "bytes", finding->bytes);
        cJSON_AddItemToArray(findings, object);
    }
}

static cJSON *file_object(const struct objects_file *file)
{
    cJSON *object = cJSON_CreateObject();
    json_set_string(object, "path", file->path);
    cJSON_AddNullToObject(object, "label");
    cJSON_AddNullToObject(object, "pid");
    cJSON_AddNumberToObject(object, "time", file->time);
    json_set_number(object, "live_bytes", file->bytes);
    json_set_number(object, "live_blocks", file->nodes);
    cJSON_AddNullToObject(object, "rss_bytes");
    return object;
}

/* RSS is not known here: the one part is the heap itself. */
static void add_verdict(const struct objects *objects, cJSON *root)
{
    int64_t growth = objects->files[objects->count - 1].bytes - objects->files[0].bytes;
    cJSON *verdict = cJSON_AddObjectToObject(root, "verdict");
    json_set_string(verdict, "kind", objects->growing > 0 ? "js-heap" : "none");
    json_set_string(verdict, "text", objects->verdict);
    cJSON_AddNullToObject(verdict, "rss_growth_bytes");
    cJSON *parts = cJSON_AddArrayToObject(verdict, "parts");
    cJSON *part = cJSON_CreateObject();
    json_set_string(part, "what", "js heap");
    json_set_number(part, "growth_bytes", growth);
    cJSON_AddItemToArray(parts, part);
}

void objects_json(const struct objects *objects, int64_t top, struct text *out)
{
    cJSON *root = cJSON_CreateObject();
    json_set_number(root, "schema", JSON_SCHEMA);
    if (objects->count == 1) {
        cJSON_AddItemToObject(root, "snapshot", file_object(&objects->files[0]));
    } else {
        cJSON *snapshots = cJSON_AddArrayToObject(root, "snapshots");
        for (size_t i = 0; i < objects->count; i++)
            cJSON_AddItemToArray(snapshots, file_object(&objects->files[i]));
        add_verdict(objects, root);
        json_set_number(root, "growing_bytes", objects->growing_bytes);
        cJSON_AddArrayToObject(root, "sites");
    }
    objects_json_add(objects, top, root);
    json_print(out, root);
}
